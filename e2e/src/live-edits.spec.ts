import { until } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from './harness/ask.ts';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';
import { startGate, type Gate } from './harness/gate.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';

describe('a directory of manifests that is edited while it is served', () => {
  let directory: ManifestDirectory;
  let backend: EchoBackend;
  let gate: Gate;
  let statusDirectory: string;

  beforeEach(async () => {
    directory = makeManifestDirectory();
    statusDirectory = join(directory.path, '.status');
    backend = await startEchoBackend({ name: 'web' });
    directory.save('services.yaml', serviceOnLoopback('web', backend.port));
    directory.save('x.yaml', [oneRule()]);
    gate = await startGate({
      manifests: directory.path,
      flags: [`--status-dir=${statusDirectory}`, '--publish-status-address=192.0.2.1,lb.example.com'],
    });
  });

  afterEach(async () => {
    await gate.close();
    await backend.close();
    directory.cleanUp();
  });

  const statusOf = async (path: string, host = 'x.example.com'): Promise<number> =>
    (await ask(gate, { ask: `GET http://${host}${path}` })).status;

  /** How long until a path answers so. */
  const untilStatus = async (path: string, wanted: number): Promise<number> => {
    const startedMs = performance.now();
    while ((await statusOf(path)) !== wanted) {
      if (performance.now() - startedMs > 10_000) throw new Error(`${path} never answered ${wanted}`);
    }
    return performance.now() - startedMs;
  };

  it('serves a saved edit within a second', async () => {
    directory.save('x.yaml', [oneRule({ path: '/new' })]);
    const untilMs = await untilStatus('/old', 404);
    expect(await statusOf('/new/x')).toBe(200);
    expect(untilMs).toBeLessThan(1000);
  });

  it('serves a file that an editor saves by renaming, in a new subfolder, and no longer when it is gone', async () => {
    mkdirSync(join(directory.path, 'deep'));
    writeFileSync(join(directory.path, 'deep/.y.swp'), JSON.stringify(oneRule({ name: 'y', host: 'y.example.com' })));
    renameSync(join(directory.path, 'deep/.y.swp'), join(directory.path, 'deep/y.yaml'));
    const startedMs = performance.now();
    while ((await statusOf('/', 'y.example.com')) !== 200) expect(performance.now() - startedMs).toBeLessThan(5000);
    directory.remove('deep/y.yaml');
    while ((await statusOf('/', 'y.example.com')) !== 404) expect(performance.now() - startedMs).toBeLessThan(10_000);
  });

  it('keeps the last good state of a broken file and goes on with the others', async () => {
    directory.save('x.yaml', 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: x\n');
    await gate.change(() => directory.save('y.yaml', [oneRule({ name: 'y', host: 'y.example.com' })]));
    expect(await statusOf('/')).toBe(200);
    expect(await statusOf('/', 'y.example.com')).toBe(200);
  });

  it('keeps the last good form of an object that an edit makes malformed, tells where, and gives it up on removal', async () => {
    const [ingress] = [oneRule()];
    const malformed = { ...ingress, spec: { ingressClassName: 'nginx', rules: 7 } };
    await gate.change(() => directory.save('x.yaml', [malformed, oneRule({ name: 'y', host: 'y.example.com' })]));
    expect(await statusOf('/')).toBe(200);
    expect(await statusOf('/', 'y.example.com')).toBe(200);
    expect(gate.problems().map(({ code }) => code)).toEqual(['ObjectMalformed']);
    const events = readFileSync(join(statusDirectory, 'events.jsonl'), 'utf8').trim().split('\n');
    const warning = events.map((line) => JSON.parse(line) as Record<string, unknown>).find(({ line }) => line);
    expect(warning).toMatchObject({
      reason: 'ObjectMalformed',
      file: join(directory.path, 'x.yaml'),
      line: expect.any(Number),
      column: expect.any(Number),
    });
    await gate.change(() => directory.remove('x.yaml'));
    expect(await statusOf('/')).toBe(404);
  });

  it('takes every endpoint away and gives it back without another change', async () => {
    const [service = {}] = serviceOnLoopback('web', backend.port);
    await gate.change(() => directory.save('services.yaml', [service]));
    await until(async () => (await statusOf('/')) === 503);
    expect(gate.problems().map(({ code }) => code)).toEqual(['ServiceHasNoEndpoints']);
    await gate.change(() => directory.save('services.yaml', serviceOnLoopback('web', backend.port)));
    await until(async () => (await statusOf('/')) === 200);
    expect(gate.problems()).toEqual([]);
  });

  it('writes status and Events to the status directory as it would to a cluster', async () => {
    await gate.change(() => directory.save('y.yaml', [oneRule({ name: 'y', path: '//' })]));
    await gate.change(() => directory.remove('x.yaml'));
    const addresses = { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }, { ip: '192.0.2.1' }] } };
    const deadlineMs = performance.now() + 5000;
    const statusFile = join(statusDirectory, 'status.json');
    while (!existsSync(statusFile) && performance.now() < deadlineMs) await new Promise((done) => setTimeout(done, 20));
    expect(JSON.parse(readFileSync(statusFile, 'utf8'))).toMatchObject({ 'default/x': addresses });
    const events = readFileSync(join(statusDirectory, 'events.jsonl'), 'utf8').trim().split('\n');
    const told = events.map((line) => {
      const { type, reason, object } = JSON.parse(line) as Record<string, string>;
      return `${type} ${reason} ${object}`;
    });
    expect(told).toEqual([
      'Normal CREATE Ingress default/x',
      'Normal Sync Ingress default/x',
      'Normal CREATE Ingress default/y',
      'Normal Sync Ingress default/y',
      'Warning PathInvalid Ingress default/y',
      'Normal DELETE Ingress default/x',
    ]);
  });
});
