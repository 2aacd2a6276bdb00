import { mkdtemp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { issueServing, makeAuthority, type CertificateAndKey } from '@gatehouse/certificates';
import { systemClock } from '@gatehouse/logging';
import { RecordingLogger, until } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import { startAdmissionWebhook } from '../start.ts';
import { fileIdentity } from './file-identity.ts';

const REVIEW = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u',
    kind: { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
    operation: 'CREATE',
    object: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'a', namespace: 'b' }, spec: {} },
  },
});

/** One review; what went wrong, if anything. */
function judge(port: number, ca: string, agent: Agent | false): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(REVIEW) };
    const where = { host: '127.0.0.1', port, path: '/validate', method: 'POST', ca, agent, headers };
    const asking = request(where, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode === 200 ? undefined : `answered ${answer.statusCode}`));
    });
    asking.once('error', (error) => resolve(error.message)).end(REVIEW);
  });
}

/** As kubelet does it: another directory, and one link that is switched. */
async function put(directory: string, version: string, { certPem, keyPem }: CertificateAndKey): Promise<void> {
  await mkdir(join(directory, version));
  await writeFile(join(directory, version, 'tls.crt'), certPem);
  await writeFile(join(directory, version, 'tls.key'), keyPem, { mode: 0o600 });
  await symlink(version, join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, '..data'));
}

describe('a certificate in files that is swapped under traffic', () => {
  it('costs no request, neither on connections that stay nor on new ones', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gatehouse-live-'));
    const life = { nowMs: Date.now(), lifeMs: 3_600_000 };
    const authority = await makeAuthority({ commonName: 'tests', ...life });
    const serving = { authority, commonName: 'gate', dnsNames: [], ipAddresses: ['127.0.0.1'], ...life };
    await put(directory, '..0', await issueServing(serving));
    await symlink('..data/tls.crt', join(directory, 'tls.crt'));
    await symlink('..data/tls.key', join(directory, 'tls.key'));
    const logger = new RecordingLogger();
    const [certificateFile, keyFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
    const identity = fileIdentity({ certificateFile, keyFile, clock: systemClock, logger });
    const world = await mkdtemp(join(tmpdir(), 'gatehouse-live-world-'));
    const where = { host: '127.0.0.1', port: 0, healthPort: 0, manifests: [world] };
    const webhook = await startAdmissionWebhook({ ...where, identity, logger });
    const kept = new Agent({ keepAlive: true, maxSockets: 4, ca: authority.certPem });
    const traffic = new AbortController();
    const failures: string[] = [];
    const answered = { onKept: 0, onNew: 0 };
    const ask = async (of: keyof typeof answered): Promise<void> => {
      while (!traffic.signal.aborted) {
        const failure = await judge(webhook.port, authority.certPem, of === 'onKept' ? kept : false);
        if (failure === undefined) answered[of] += 1;
        else failures.push(failure);
      }
    };
    const shown = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: webhook.port, ca: authority.certPem };
        const socket = connect(options, () => {
          resolve(socket.getPeerX509Certificate()?.serialNumber ?? '');
          socket.destroy();
        }).once('error', reject);
      });
    const running = Promise.all([ask('onKept'), ask('onKept'), ask('onNew'), ask('onNew')]);
    const serials = new Set([await shown()]);
    try {
      for (const version of ['..1', '..2', '..3']) {
        await put(directory, version, await issueServing(serving));
        const before = serials.size;
        await until(async () => serials.add(await shown()).size > before);
      }
    } finally {
      traffic.abort();
      await running;
      kept.destroy();
      await webhook.close(0);
      await Promise.all([directory, world].map((path) => rm(path, { recursive: true })));
    }
    expect(failures).toEqual([]);
    expect(serials.size).toBe(4);
    expect(answered.onKept).toBeGreaterThan(50);
    expect(answered.onNew).toBeGreaterThan(50);
    expect(identity.facts().changes).toBe(3);
    expect(logger.messages('error')).toEqual([]);
  }, 60_000);
});
