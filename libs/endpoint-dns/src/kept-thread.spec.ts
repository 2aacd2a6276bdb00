import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '@gatehouse/testing';
import { keepThread, type KeptThread } from './kept-thread.ts';

/** A thread that says what it was started with, and does what it is told: end, throw, or turn in a circle for ever. */
const OBEDIENT = `
  import { parentPort, workerData } from 'node:worker_threads';
  parentPort.on('message', (what) => {
    if (what === 'end') process.exit(3);
    if (what === 'throw') throw new Error('as told');
    if (what === 'hang') for (;;);
  });
  setInterval(() => parentPort.postMessage('alive'), 20);
  parentPort.postMessage(workerData);
`;
const moduleOf = (source: string): URL => new URL(`data:text/javascript,${encodeURIComponent(source)}`);

describe('keepThread', () => {
  let thread: KeptThread | undefined;
  const said: unknown[] = [];
  const faults: Error[] = [];

  const keep = async (source: string): Promise<void> => {
    let starts = 0;
    said.length = faults.length = 0;
    thread = await keepThread<unknown>({
      name: 'tried',
      module: moduleOf(source),
      startData: () => `start ${++starts}`,
      onMessage: (message) => message !== 'alive' && said.push(message),
      onFault: (fault) => faults.push(fault),
      silenceMs: 300,
    });
  };

  afterEach(() => thread?.close());

  it.each(['end', 'throw', 'hang'])(
    'starts another, with what is to be known by then, when told to %s',
    async (what) => {
      await keep(OBEDIENT);
      expect(said).toEqual(['start 1']);
      thread?.post(what);
      await until(() => said.length === 2);
      expect(said).toEqual(['start 1', 'start 2']);
      expect(faults).toHaveLength(1);
      if (what === 'throw') expect(faults[0]).toMatchObject({ cause: { message: 'as told' } });
    },
  );

  it('throws with the reason when the first ends before it has said anything', async () => {
    await expect(keep(`throw new Error('no port')`)).rejects.toMatchObject({ cause: { message: 'no port' } });
    expect(faults).toEqual([]);
  });

  it('goes on trying when one after the first ends before it has said anything', async () => {
    await keep(`
      import { parentPort, workerData } from 'node:worker_threads';
      if (workerData === 'start 2') throw new Error('not yet');
      parentPort.postMessage(workerData);
      if (workerData === 'start 1') setTimeout(() => process.exit(), 20);
      setInterval(() => parentPort.postMessage('alive'), 20);
    `);
    await until(() => said.includes('start 3'));
    expect(faults).toHaveLength(2);
  });

  it('starts none once it is closed', async () => {
    await keep(OBEDIENT);
    await thread?.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(said).toEqual(['start 1']);
    expect(faults).toEqual([]);
  });
});
