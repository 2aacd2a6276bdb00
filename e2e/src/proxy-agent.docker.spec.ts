/**
 * Duty: controller and proxy as two containers of a Pod would be: the same user without rights, roots that cannot be
 * written, three shared volumes of which each side writes only its own, ports below 1024.
 */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GenericContainer } from 'testcontainers';
import { makeCertificate, until, type CertificatePair } from '@gatehouse/testing';
import { handshake, startHandshakes } from './harness/handshake.ts';
import { oneRule } from './harness/manifest-directory.ts';

jest.setTimeout(60_000);

const WORKSPACE = join(import.meta.dirname, '../..');
const IMAGE = 'gatehouse-e2e-newest-nginx';
const RUNTIME = '/run/gatehouse';
const CONFINED = [
  ...['--user=33:33', '--read-only', '--cap-drop=ALL', '--cap-add=NET_BIND_SERVICE'],
  ...['--security-opt=no-new-privileges', '--sysctl=net.ipv4.ip_unprivileged_port_start=0'],
  '--cpus=1',
];

const docker = async (...words: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await promisify(execFile)('docker', [...words]);
  return `${stdout}${stderr}`.trim();
};

let folder = '';
let volumes = 0;
let started: string[] = [];

beforeAll(async () => {
  await GenericContainer.fromDockerfile(join(import.meta.dirname, '../images/newest-nginx'))
    .withBuildArgs({ BASE_IMAGE: process.env['BASE_IMAGE'] ?? 'debian:forky-slim' })
    .build(IMAGE, { deleteOnExit: false });
  folder = mkdtempSync(join(tmpdir(), 'two-containers-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'manifests'));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  volumes += 1;
  for (const part of ['config', 'keys', 'proxy']) {
    mkdirSync(join(folder, String(volumes), part), { recursive: true });
    chmodSync(join(folder, String(volumes), part), 0o777);
  }
  writeIngress('first');
});
afterEach(async () => {
  if (started.length > 0) await docker('rm', '-f', ...started);
  started = [];
});

function writeIngress(answer: string): void {
  const text = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: cafe
  namespace: default
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: http://${answer}.example.com/
spec:
  ingressClassName: nginx
  rules:
    - host: cafe.example.com
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: tea, port: { number: 80 } } } }
`;
  writeFileSync(join(folder, 'manifests/cafe.yaml'), text);
}

/** A host with TLS, and a Secret that holds the pair; both in one file that takes the place of the one before. */
function writeTls({ certPem, keyPem }: CertificatePair): void {
  const secret = {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'tls' } },
    stringData: { 'tls.crt': certPem, 'tls.key': keyPem },
  };
  const ingress = oneRule({
    ...{ name: 'tls', host: 'tls.example.com', tlsSecret: 'tls' },
    annotations: { 'permanent-redirect': 'http://tls.example.com/' },
  });
  const file = join(folder, 'manifests/tls.yaml');
  writeFileSync(`${file}.part`, [secret, ingress].map((object) => JSON.stringify(object)).join('\n---\n'));
  renameSync(`${file}.part`, file);
}

/** `writes`: the parts of the runtime directory that this container may write. */
async function start(app: 'controller' | 'proxy', writes: readonly string[], flags: readonly string[]) {
  const mounts = ['config', 'keys', 'proxy'].map(
    (part) => `-v=${join(folder, String(volumes), part)}:${RUNTIME}/${part}:${writes.includes(part) ? 'rw' : 'ro'}`,
  );
  const id = await docker(
    ...['run', '-d', ...CONFINED, ...mounts],
    ...['-v', `${join(WORKSPACE, 'dist/apps', app)}:/app:ro`, '-v', `${join(folder, 'manifests')}:/manifests:ro`],
    ...[IMAGE, 'node', '/app/main.mjs', `--runtime-dir=${RUNTIME}`, ...flags],
  );
  started.push(id);
  return id;
}

const startProxy = (...flags: string[]) => start('proxy', ['proxy'], flags);
const startController = () =>
  start('controller', ['config', 'keys'], ['--proxy-agent', '--manifests=/manifests', '--log-level=debug']);

const addressOf = (id: string) => docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', id);
/** What tells one set of worker processes from another: their entries in /proc. */
const workersOf = (id: string) =>
  docker('exec', id, 'sh', '-c', 'grep -sl "^nginx: worker" /proc/[0-9]*/cmdline; true');
const logOf = (id: string) => docker('logs', id);

/** Status and place that a client of the cafe is sent to; undefined when nobody answers. */
async function visit(address: string, path = '/'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { host: address, port: 80, path, headers: { host: 'cafe.example.com' }, agent: false };
    const asking = request(options, (answer) => {
      answer.resume();
      answer.once('close', () => resolve(`${answer.statusCode ?? 0} ${answer.headers.location ?? ''}`));
    });
    asking.once('error', () => resolve(undefined));
    asking.end();
  });
}
const FIRST = '301 http://first.example.com/';

describe('controller and proxy in two containers', () => {
  it('serve on port 80 as a plain user, and log each request', async () => {
    const proxy = await startProxy();
    await startController();
    const address = await addressOf(proxy);
    await until(async () => (await visit(address)) === FIRST);
    await visit(address, '/seen');
    await until(async () => (await logOf(proxy)).includes('"GET /seen HTTP/1.1" 301'));
    const probe = await fetch(`http://${address}:10244/readyz`);
    expect(probe.status).toBe(200);
    for (const part of ['config', 'keys']) {
      await expect(docker('exec', proxy, 'touch', `${RUNTIME}/${part}/x`)).rejects.toThrow('Read-only file system');
    }
    const config = await docker('exec', proxy, 'cat', `${RUNTIME}/config/current/nginx.conf`);
    expect(config).toContain('\nworker_processes 1;');
    // An unprivileged master gives its workers no other user, and says so of a directive that asks for it.
    expect(await logOf(proxy)).not.toContain('"user" directive');
  });

  it('lose no request while the controller is killed and started again, which reloads nothing', async () => {
    const proxy = await startProxy();
    const first = await startController();
    const address = await addressOf(proxy);
    await until(async () => (await visit(address)) === FIRST);
    const workers = await workersOf(proxy);
    const answers: (string | undefined)[] = [];
    const done = new AbortController();
    const client = (async () => {
      while (!done.signal.aborted) answers.push(await visit(address));
    })();
    await docker('kill', first);
    const second = await startController();
    await until(async () => (await logOf(second)).includes('The configuration runs'));
    done.abort();
    await client;
    expect(answers.length).toBeGreaterThan(100);
    expect(new Set(answers)).toEqual(new Set([FIRST]));
    expect(await workersOf(proxy)).toBe(workers);
    writeIngress('second');
    await until(async () => (await visit(address)) === '301 http://second.example.com/');
  });

  it('renew a certificate without a reload, and lose no handshake, also when either of them starts anew', async () => {
    const pairs = await Promise.all([1, 2, 3, 4].map(() => makeCertificate({ hosts: ['tls.example.com'] })));
    const [first, second, third, fourth] = pairs as [
      CertificatePair,
      CertificatePair,
      CertificatePair,
      CertificatePair,
    ];
    writeTls(first);
    const proxy = await startProxy();
    let controller = await startController();
    const ports = { address: await addressOf(proxy), httpPort: 80, httpsPort: 443 };
    const shows = async ({ certPem }: CertificatePair) =>
      (await handshake(ports, 'tls.example.com').catch(() => undefined))?.serial ===
      new X509Certificate(certPem).serialNumber;
    await until(() => shows(first));
    const workers = await workersOf(proxy);
    const load = startHandshakes(ports, 'tls.example.com');
    writeTls(second);
    await until(() => shows(second));
    await docker('rm', '-f', controller);
    started = started.filter((id) => id !== controller);
    writeTls(third);
    controller = await startController();
    await until(() => shows(third));
    await until(() => Promise.resolve(load.serials.length === 3));
    const { failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(await workersOf(proxy)).toBe(workers);
    await docker('kill', proxy);
    await docker('start', proxy);
    const again = { ...ports, address: await addressOf(proxy) };
    await until(async () => (await handshake(again, 'tls.example.com').catch(() => undefined)) !== undefined);
    writeTls(fourth);
    const { certPem } = fourth;
    const { serialNumber } = new X509Certificate(certPem);
    await until(async () => (await handshake(again, 'tls.example.com')).serial === serialNumber);
    rmSync(join(folder, 'manifests/tls.yaml'));
  });

  it('serve the last good configuration within 2 s of a proxy that starts without a controller', async () => {
    const proxy = await startProxy();
    const controller = await startController();
    await until(async () => (await visit(await addressOf(proxy))) === FIRST);
    await docker('rm', '-f', controller);
    started = started.filter((id) => id !== controller);
    await docker('kill', proxy);
    await docker('start', proxy);
    const address = await addressOf(proxy);
    const startedMs = performance.now();
    await until(async () => (await visit(address)) === FIRST);
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  it('end with 0 when they are told to, the proxy after its grace period', async () => {
    const proxy = await startProxy('--shutdown-grace-period=2');
    const controller = await startController();
    const address = await addressOf(proxy);
    await until(async () => (await visit(address)) === FIRST);
    const ending = Promise.all([docker('stop', '-t', '20', proxy), docker('stop', '-t', '20', controller)]);
    await until(async () => (await fetch(`http://${address}:10244/readyz`)).status === 503);
    expect(await visit(address)).toBe(FIRST);
    await ending;
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', proxy, controller)).toBe('0\n0');
    expect(readdirSync(join(folder, String(volumes), 'proxy'))).toEqual(['temp']);
  });
});
