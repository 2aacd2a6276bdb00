import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Problem } from '@gatehouse/core';
import { anIngress, RecordingLogger, until } from '@gatehouse/testing';
import { createFileModeSinks } from './file-mode-sinks.ts';

const A = anIngress({ name: 'a' });
const B = anIngress({ name: 'b', namespace: 'shop' });
const ADDRESS = [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com' }];

describe('status and Events without a cluster', () => {
  let directory: string;
  let logger: RecordingLogger;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sinks-'));
    logger = new RecordingLogger();
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const status = (): unknown => JSON.parse(readFileSync(join(directory, 'made/here/status.json'), 'utf8'));

  it('write the status of every Ingress into one file, in a directory that they make', async () => {
    const sinks = createFileModeSinks(logger, { directory: join(directory, 'made/here') });
    await sinks.write(B, ADDRESS);
    await sinks.write(A, [{ ip: '192.0.2.9' }]);
    await until(() => readdirSync(join(directory, 'made/here')).includes('status.json'));
    expect(status()).toEqual({
      'default/a': { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] } },
      'shop/b': { loadBalancer: { ingress: ADDRESS } },
    });
    await sinks.write(A, []);
    await nextTurn();
    expect(status()).toMatchObject({ 'default/a': { loadBalancer: { ingress: [] } } });
    expect(readdirSync(join(directory, 'made/here'))).toEqual(['status.json']);
  });

  it('tell a status once, however often it is written', async () => {
    const sinks = createFileModeSinks(logger, { directory });
    await sinks.write(A, ADDRESS);
    await nextTurn();
    const { mtimeNs } = statSync(join(directory, 'status.json'), { bigint: true });
    await sinks.write(A, [...ADDRESS]);
    await nextTurn();
    expect(statSync(join(directory, 'status.json'), { bigint: true }).mtimeNs).toBe(mtimeNs);
    expect(logger.entries.map(({ message, data }) => [message, data])).toEqual([
      ['status', { object: 'Ingress default/a', addresses: '192.0.2.1, lb.example.com' }],
    ]);
  });

  it('append Events one a line, and log a Warning as one', () => {
    const sinks = createFileModeSinks(logger, { directory });
    const message = 'line one\nline two';
    sinks.record({ type: 'Normal', reason: 'CREATE', message, object: A.ref });
    sinks.record({ type: 'Warning', reason: 'HostInvalid', message: 'no', object: B.ref });
    const lines = readFileSync(join(directory, 'events.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { time: expect.stringMatching(/Z$/), type: 'Normal', reason: 'CREATE', object: 'Ingress default/a', message },
      expect.objectContaining({ type: 'Warning', reason: 'HostInvalid', object: 'Ingress shop/b' }),
    ]);
    expect(logger.entries.map(({ level }) => level)).toEqual(['info', 'warn']);
  });

  it('tell the place of what is wrong in both, when it is known', () => {
    const place = { file: 'shop.yaml', line: 9, column: 13 };
    const wrong: Problem = { code: 'HostInvalid', object: A.ref, field: 'spec.rules[0].host', message: 'no' };
    const sinks = createFileModeSinks(logger, {
      directory,
      placeOf: ({ object }) => (object === A.ref ? place : undefined),
    });
    const event = { type: 'Warning', reason: 'HostInvalid', message: 'no' } as const;
    sinks.record({ ...event, object: A.ref, problem: wrong });
    sinks.record({ ...event, object: B.ref, problem: { ...wrong, object: B.ref } });
    sinks.record({ ...event, object: A.ref });
    const told = { reason: 'HostInvalid', object: 'Ingress default/a' };
    const elsewhere = { reason: 'HostInvalid', object: 'Ingress shop/b' };
    expect(logger.entries.map(({ data }) => data)).toEqual([
      { ...told, text: 'no', ...place },
      { ...elsewhere, text: 'no' },
      { ...told, text: 'no' },
    ]);
    const lines = readFileSync(join(directory, 'events.jsonl'), 'utf8').trimEnd().split('\n');
    const line = { time: expect.any(String), type: 'Warning', message: 'no' };
    expect(lines.map((text) => JSON.parse(text) as unknown)).toEqual([
      { ...line, ...told, ...place },
      { ...line, ...elsewhere },
      { ...line, ...told },
    ]);
  });

  it('only log when there is no directory', async () => {
    const sinks = createFileModeSinks(logger, {});
    await sinks.write(A, ADDRESS);
    sinks.record({ type: 'Normal', reason: 'Sync', message: 'x', object: A.ref });
    await nextTurn();
    expect(logger.entries.map(({ message }) => message)).toEqual(['status', 'event']);
  });

  it('go on when the files cannot be written', async () => {
    mkdirSync(join(directory, 'events.jsonl'));
    mkdirSync(join(directory, 'status.json'));
    const sinks = createFileModeSinks(logger, { directory });
    sinks.record({ type: 'Normal', reason: 'Sync', message: 'x', object: A.ref });
    await sinks.write(A, ADDRESS);
    await nextTurn();
    const warnings = logger.entries.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings).toEqual(['The file of Events cannot be written', 'The status file cannot be written']);
  });
});
