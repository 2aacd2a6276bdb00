import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, cp, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network, Wait, type StartedNetwork, type StartedTestContainer } from 'testcontainers';
import { until } from '@gatehouse/testing';
import { ask, type Answer } from './harness/index.ts';
import { buildImages, docker, NarrowContainer } from './harness/image-container.ts';

const TAG = 'contract';
const EXAMPLES = join(import.meta.dirname, '../../examples');
const PARTS = ['config', 'keys', 'proxy'] as const;
type Part = (typeof PARTS)[number];

/** Answers with the path that was asked; `/slow` takes two seconds. */
const ECHO = `require('node:http').createServer((request, response) => {
  setTimeout(() => response.end('asked ' + request.url), request.url.endsWith('/slow') ? 2000 : 0);
}).listen(8080)`;

/** As in the Pod of the manifests: two containers with three volumes, and nothing else between them. */
describe('the images of the controller and the proxy', () => {
  let directory: string;
  let network: StartedNetwork;
  let backend: StartedTestContainer;
  let proxy: StartedTestContainer;
  let controller: StartedTestContainer;

  const mountsFor = (own: readonly Part[]) =>
    PARTS.map((part) => ({
      source: join(directory, part),
      target: `/run/gatehouse/${part}`,
      mode: own.includes(part) ? ('rw' as const) : ('ro' as const),
    }));
  const asked = (question: string): Promise<Answer> =>
    ask({ httpPort: proxy.getMappedPort(80), httpsPort: proxy.getMappedPort(443) }, { ask: question });
  const probe = async (container: StartedTestContainer, port: number, path: string): Promise<number> =>
    (await fetch(`http://${container.getHost()}:${container.getMappedPort(port)}${path}`)).status;
  /** Ends a container as Kubernetes does; its exit code. */
  const end = async (container: StartedTestContainer): Promise<string> => {
    await docker('stop', '--time', '20', container.getId());
    return (await docker('inspect', '--format', '{{.State.ExitCode}}', container.getId())).trim();
  };

  beforeAll(async () => {
    await buildImages(TAG);
    directory = await mkdtemp(join(tmpdir(), 'gatehouse-pod-'));
    for (const part of [...PARTS, 'manifests']) {
      await mkdir(join(directory, part));
      // As the kubelet makes an emptyDir.
      await chmod(join(directory, part), 0o777);
    }
    network = await new Network().start();
    backend = await new NarrowContainer(`gatehouse/default-backend:${TAG}`)
      .withEntrypoint(['/usr/bin/node', '-e', ECHO])
      .withNetwork(network)
      .start();
    await cp(join(EXAMPLES, 'cafe'), join(directory, 'manifests'), { recursive: true });
    await saveEndpoints(backend.getIpAddress(network.getName()));
  }, 600_000);

  const saveEndpoints = async (address: string): Promise<void> => {
    const slices = ['tea-svc', 'coffee-svc'].map((service) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: service, labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address] }],
      ports: [{ name: 'http', port: 8080 }],
    }));
    const text = slices.map((slice) => JSON.stringify(slice)).join('\n---\n');
    await writeFile(join(directory, 'manifests/endpoints.yaml'), text);
  };

  afterAll(async () => {
    for (const container of [controller, proxy, backend]) await container.stop();
    await network.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('start apart: the proxy is alive, and not ready before it was told what to run', async () => {
    proxy = await new NarrowContainer(`gatehouse/proxy:${TAG}`)
      .withCommand(['--loopback-endpoints'])
      .withBindMounts(mountsFor(['proxy']))
      .withExposedPorts(80, 443, 10_244)
      .withNetwork(network)
      .withWaitStrategy(Wait.forHttp('/healthz', 10_244))
      .start();
    expect(await probe(proxy, 10_244, '/readyz')).toBe(503);
  });

  it('serve together what the manifests say, over HTTP and HTTPS', async () => {
    controller = await new NarrowContainer(`gatehouse/controller:${TAG}`)
      .withCommand(['--manifests=/manifests', '--proxy-agent'])
      .withBindMounts([
        ...mountsFor(['config', 'keys']),
        { source: join(directory, 'manifests'), target: '/manifests', mode: 'ro' },
      ])
      .withExposedPorts(10_254)
      .withWaitStrategy(Wait.forHttp('/readyz', 10_254))
      .start();
    expect(await probe(proxy, 10_244, '/readyz')).toBe(200);
    const answer = await asked('GET https://cafe.example.com/tea');
    expect(answer).toMatchObject({ status: 200, body: 'asked /tea', certificateNames: 'DNS:cafe.example.com' });
    expect(await asked('GET http://cafe.example.com/tea')).toMatchObject({ status: 308 });
  });

  it('tell nginx endpoints without a reload', async () => {
    const running = join(directory, 'config/current');
    const before = await readlink(running);
    const text = await readFile(join(running, 'nginx.conf'), 'utf8');
    expect(text).toContain(' service=e max_fails=0 resolve;');
    expect(text).not.toContain(backend.getIpAddress(network.getName()));
    await saveEndpoints('192.0.2.1');
    await until(async () => [502, 504].includes((await asked('GET https://cafe.example.com/tea')).status));
    await saveEndpoints(backend.getIpAddress(network.getName()));
    await until(async () => (await asked('GET https://cafe.example.com/tea')).status === 200);
    expect(await readlink(running)).toBe(before);
  });

  it('show the newest nginx, as the version that has no known holes', async () => {
    const { output } = await proxy.exec(['/usr/sbin/nginx', '-v']);
    const [, minor = 0, patch = 0] = (/nginx\/1\.(\d+)\.(\d+)/.exec(output) ?? []).map(Number);
    expect(minor * 1000 + patch).toBeGreaterThanOrEqual(30_004);
  });

  it('keep keys from everybody else, and what the other writes from themselves', async () => {
    const write = (part: Part) =>
      `try { require('fs').writeFileSync('/run/gatehouse/${part}/mine', ''); } catch (error) { process.stdout.write(error.code); }`;
    const tried = async (container: StartedTestContainer, part: Part): Promise<string> =>
      (await container.exec(['/usr/bin/node', '-e', write(part)])).output;
    expect(await tried(proxy, 'config')).toBe('EROFS');
    expect(await tried(proxy, 'keys')).toBe('EROFS');
    expect(await tried(controller, 'proxy')).toBe('EROFS');
    const list =
      "const fs = require('fs'); for (const name of fs.readdirSync('.')) console.log((fs.statSync(name).mode & 0o777).toString(8))";
    const { output } = await controller.exec(['/usr/bin/node', '-e', list], { workingDir: '/run/gatehouse/keys' });
    const modes = output.trim().split('\n');
    expect(modes.length).toBeGreaterThanOrEqual(2);
    expect(new Set(modes)).toEqual(new Set(['600']));
  });

  it('go on serving when the controller has ended, and when the proxy then starts anew', async () => {
    expect(await end(controller)).toBe('0');
    expect(await asked('GET https://cafe.example.com/coffee')).toMatchObject({ status: 200 });
    await proxy.restart();
    await until(async () => (await probe(proxy, 10_244, '/readyz')) === 200);
    expect(await asked('GET https://cafe.example.com/tea')).toMatchObject({ status: 200, body: 'asked /tea' });
  });

  it('give requests that have begun their answer before the proxy ends', async () => {
    const slow = asked('GET https://cafe.example.com/tea/slow');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const ended = end(proxy);
    expect(await slow).toMatchObject({ status: 200, body: 'asked /tea/slow' });
    expect(await ended).toBe('0');
  });
});
