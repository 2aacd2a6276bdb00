/**
 * Duty: what a TLS handshake costs nginx when it looks at each of them which certificate is the newest, beside certificates
 * that stand in its configuration.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { objectKey } from '@gatehouse/core';
import { createRenderer } from '@gatehouse/nginx';
import {
  createLocalSupervisor,
  createNginxProcess,
  findGroupId,
  findNginx,
  readCapabilities,
  readMachineFacts,
} from '@gatehouse/nginx-process';
import type { NginxProcess } from '@gatehouse/pipeline';
import { aHost, aModel, freePort, makeCertificate, processWithChildren } from '@gatehouse/testing';
import { median, spread, type Measured } from '../figure.ts';

const NAME = 'TLS handshakes per second and core: certificates followed at each, against those of the configuration';
const PAIRS = 21;
const HANDSHAKES = 200;
const AT_A_TIME = 4;
/** Others share the cache with it. */
const HOSTS = 100;
const HOST = 'h42.example.com';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export async function* measureHandshakes(): AsyncIterable<Measured> {
  const found = await findNginx({
    named: process.env['GATEHOUSE_NGINX_BINARY'] ?? '',
    searchPath: process.env['PATH'] ?? '',
  });
  if (!found.ok || !(await readCapabilities(found.value)).certificateCache) {
    yield { name: NAME, why: found.ok ? 'nginx is older than 1.27.4' : found.error };
    return;
  }
  const binary = found.value;
  const [fixed, followed] = [await startNginx(binary, 'fixed'), await startNginx(binary, 'followed')];
  try {
    const ratios: number[] = [];
    for (const nginx of [fixed, followed]) await costOf(nginx);
    for (let pair = 0; pair < PAIRS; pair += 1) ratios.push((await costOf(fixed)) / (await costOf(followed)));
    yield { name: NAME, unit: 'ratio', measured: median(ratios), bar: { atLeast: 0.9 }, note: spread(ratios) };
  } finally {
    for (const nginx of [fixed, followed]) await nginx.close();
  }
}

interface MeasuredNginx {
  readonly port: number;
  readonly directory: string;
  close(): Promise<void>;
}

async function startNginx(binary: string, kind: 'fixed' | 'followed'): Promise<MeasuredNginx> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-handshakes-'));
  const [http, port] = [await freePort(), await freePort()];
  const { workerUser } = await readMachineFacts({ binary, workerUser: '' });
  const renderer = createRenderer({
    capabilities: await readCapabilities(binary),
    http: [{ address: '127.0.0.1', port: http }],
    https: [{ address: '127.0.0.1', port }],
    runtimeDirectory: directory,
    workersReadKeys: kind === 'followed',
    processors: 1,
    ...(workerUser === undefined ? {} : { workerUser }),
  });
  const keyReaders = workerUser === undefined ? undefined : await findGroupId(workerUser);
  const place = { runtimeDirectory: directory, logger: silent };
  const nginx: NginxProcess = createNginxProcess({
    ...place,
    supervisor: createLocalSupervisor({ ...place, binary }),
    ...(keyReaders === undefined ? {} : { keyReaders }),
  });
  await nginx.apply(renderer.render(await manyHosts()));
  return {
    port,
    directory,
    async close() {
      await nginx.stop(0);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function manyHosts() {
  const hosts = Array.from({ length: HOSTS }, async (_, index) => {
    const name = `h${index}.example.com`;
    const { certPem, keyPem } = await makeCertificate({ hosts: [name] });
    const pem = Buffer.from(`${certPem}${keyPem}`);
    const id = createHash('sha256').update(pem).digest('hex');
    return aHost({ name, hasTls: true, certificate: { id, secret: objectKey('default', `h${index}`), pem } });
  });
  return aModel(await Promise.all(hosts));
}

/** Processor time of nginx for one full handshake, in milliseconds. */
async function costOf({ port, directory }: MeasuredNginx): Promise<number> {
  const master = Number(readFileSync(join(directory, 'proxy/nginx.pid'), 'utf8'));
  const processes = await processWithChildren(master);
  const before = usedMs(processes);
  let left = HANDSHAKES;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await shakeHands(port);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, client));
  return (usedMs(processes) - before) / HANDSHAKES;
}

/** To the nanosecond: clock ticks are too coarse for so few handshakes. */
function usedMs(processes: readonly number[]): number {
  const times = processes.map((id) => Number(readFileSync(`/proc/${id}/schedstat`, 'utf8').split(' ')[0]));
  return times.reduce((sum, one) => sum + one, 0) / 1e6;
}

/** A session is never resumed: the client remembers none. */
async function shakeHands(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: HOST, rejectUnauthorized: false });
    socket.once('error', reject).once('secureConnect', () => socket.end());
    socket.once('close', () => resolve());
  });
}
