/**
 * Duty: a real nginx on a configuration that a test brings, without our controller around it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import {
  createRenderer,
  parseNginxVersion,
  type Bundle,
  type NginxCapabilities,
  type RenderOptions,
} from '@gatehouse/nginx';
import type { Model } from '@gatehouse/routing';
import { makeCertificate, freePort } from '@gatehouse/testing';
import type { GatePorts } from './ask.ts';

/** The nginx under test; GATEHOUSE_NGINX_BINARY names another than the installed one. */
const program = process.env['GATEHOUSE_NGINX_BINARY'] ?? 'nginx';

/** A place to run in, with two free ports. */
export interface NginxPlace extends GatePorts {
  readonly directory: string;
  remove(): void;
}

export interface BareNginx extends NginxPlace {
  /** What nginx wrote to its error log and standard output so far. */
  output(): string;
  close(): Promise<void>;
}

export interface RenderedNginx extends BareNginx {
  readonly bundle: Bundle;
  readonly options: RenderOptions;
}

/** What the nginx under test can do. */
export function testedCapabilities(): NginxCapabilities {
  const capabilities = parseNginxVersion(spawnSync(program, ['-V'], { encoding: 'utf8' }).stderr);
  if (!capabilities.ok) throw new Error(`${program} -V: ${capabilities.error}`);
  return capabilities.value;
}

export async function makePlace(): Promise<NginxPlace> {
  const directory = mkdtempSync(join(tmpdir(), 'bare-nginx-'));
  for (const name of ['keys', 'proxy/temp']) mkdirSync(join(directory, name), { recursive: true });
  const { certPem, keyPem } = await makeCertificate({ hosts: ['default.example'] });
  writeFileSync(join(directory, 'keys/default.pem'), `${certPem}${keyPem}`);
  const [httpPort, httpsPort] = await Promise.all([freePort(), freePort()]);
  return { directory, httpPort, httpsPort, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** What `nginx -t` says about a whole configuration; undefined when it has no objection. */
export function objectionTo(place: NginxPlace, config: string): string | undefined {
  const file = join(place.directory, 'tested.conf');
  writeFileSync(file, config);
  const test = spawnSync(program, ['-t', '-c', file], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  return test.status === 0 ? undefined : test.stderr;
}

/**
 * A whole configuration around what stands in its http block; it listens on the place's HTTP port by `LISTEN`. Where nginx
 * is started by root its workers are root's too, unless `user` (a directive) says otherwise.
 */
export function configOf(place: NginxPlace, http: string, user = asUser()): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${place.directory}/proxy/temp/${name};`)
    .join('\n');
  return `daemon off; pid ${place.directory}/nginx.pid; error_log stderr notice; ${user}
    events { worker_connections 512; }
    http { ${temporary} access_log off; proxy_http_version 1.1;
    ${http.replaceAll('LISTEN', `listen 127.0.0.1:${place.httpPort}`)}
    }`;
}

/** Starts nginx with a whole configuration and waits until it answers. */
export async function startBareNginx(place: NginxPlace, config: string): Promise<BareNginx> {
  const file = join(place.directory, 'nginx.conf');
  writeFileSync(file, config);
  // A shell pipes the output: nginx opens /dev/stdout by name, which a socket of Node does not allow.
  const child = spawn('/bin/sh', ['-c', 'exec "$0" -c "$1" 2>&1 | cat', program, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const hasEnded = ended.then(() => 'ended' as const);
  const deadline = performance.now() + 15_000;
  while (!(await accepts(place.httpPort))) {
    const outcome = await Promise.race([hasEnded, new Promise((resolve) => setTimeout(resolve, 20))]);
    if (outcome === 'ended' || performance.now() > deadline) {
      await stop();
      throw new Error(`nginx does not answer: ${output}`);
    }
  }
  return {
    ...place,
    output: () => output,
    close: stop,
  };

  async function stop(): Promise<void> {
    spawnSync(program, ['-c', file, '-s', 'stop'], { stdio: 'ignore' });
    await ended;
    place.remove();
  }
}

/** Starts nginx with what is rendered for a model. */
export async function startRendered(model: Model, shape: Partial<RenderOptions> = {}): Promise<RenderedNginx> {
  const place = await makePlace();
  const options = renderOptionsFor(place, shape);
  const bundle = createRenderer(options).render(model);
  for (const [name, { pem }] of bundle.certificates) writeFileSync(join(place.directory, 'keys', name), pem);
  const nginx = await startBareNginx(place, bundle.files.get('nginx.conf') ?? '');
  return { ...nginx, bundle, options };
}

export function renderOptionsFor(place: NginxPlace, shape: Partial<RenderOptions> = {}): RenderOptions {
  const user = userInfo();
  return {
    capabilities: testedCapabilities(),
    http: [{ address: '127.0.0.1', port: place.httpPort }],
    https: [{ address: '127.0.0.1', port: place.httpsPort }],
    runtimeDirectory: place.directory,
    ...(user.uid === 0 ? { workerUser: 'root' } : {}),
    ...shape,
  };
}

function asUser(): string {
  return userInfo().uid === 0 ? 'user root;' : '';
}

async function accepts(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' });
    return true;
  } catch {
    return false;
  }
}
