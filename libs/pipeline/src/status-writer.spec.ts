import { describe, expect, it } from '@jest/globals';
import { anIngress, RecordingLogger, settle } from '@gatehouse/testing';
import { createStatusWriter } from './status-writer.ts';

const plan = (...names: readonly string[]) => names.map((name) => ({ ingress: anIngress({ name }), addresses: [] }));

/** A sink whose writes end when the test says so. */
function heldSink() {
  const begun: string[] = [];
  let end: (error?: Error) => void = () => undefined;
  const logger = new RecordingLogger();
  const writer = createStatusWriter(
    {
      write: ({ ref }) => {
        begun.push(ref.name);
        return new Promise((resolve, reject) => {
          end = (error) => (error === undefined ? resolve() : reject(error));
        });
      },
    },
    logger,
  );
  return { begun, logger, writer, endOne: (error?: Error) => (end(error), settle()) };
}

describe('the status writer', () => {
  it('writes one after another', async () => {
    const { begun, writer, endOne } = heldSink();
    writer.write(plan('a', 'b'));
    expect(begun).toEqual(['a']);
    await endOne();
    expect(begun).toEqual(['a', 'b']);
  });

  it('goes on with the next when one cannot be written, and logs it', async () => {
    const { begun, writer, logger, endOne } = heldSink();
    writer.write(plan('a', 'b'));
    await endOne(new Error('409'));
    expect(begun).toEqual(['a', 'b']);
    expect(logger.messages('warn')).toEqual(['The status of an Ingress could not be written']);
  });

  it('drops what is left of an older plan', async () => {
    const { begun, writer, endOne } = heldSink();
    writer.write(plan('a', 'b', 'c'));
    writer.write(plan('d'));
    await endOne();
    await endOne();
    expect(begun).toEqual(['a', 'd']);
  });

  it('writes again after it had nothing to do', async () => {
    const { begun, writer, endOne } = heldSink();
    writer.write(plan('a'));
    await endOne();
    writer.write(plan('b'));
    expect(begun).toEqual(['a', 'b']);
  });

  it('ends with the write that is under way', async () => {
    const { begun, writer, endOne } = heldSink();
    writer.write(plan('a', 'b'));
    let isStopped = false;
    const stopping = writer.stop().then(() => (isStopped = true));
    await settle();
    expect(isStopped).toBe(false);
    await endOne();
    await stopping;
    expect(begun).toEqual(['a']);
  });
});
