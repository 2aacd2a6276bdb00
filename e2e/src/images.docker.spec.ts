import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Wait, type StartedTestContainer } from 'testcontainers';
import { buildImages, docker, listFiles, NarrowContainer, runOnce, type ImageFile } from './harness/image-container.ts';

const TAG = 'contract';
const EXAMPLES = join(import.meta.dirname, '../../examples');

interface Contract {
  readonly user: string;
  /** About 4 % more than it is. Nearly all of it is Node, in a layer that all share. */
  readonly budgetMib: number;
}
const IMAGES: Readonly<Record<string, Contract>> = {
  controller: { user: '33:33', budgetMib: 135 },
  proxy: { user: '33:33', budgetMib: 138 },
  'admission-webhook': { user: '65532:65532', budgetMib: 135 },
  'default-backend': { user: '65532:65532', budgetMib: 134 },
};
const imageOf = (name: string): string => `gatehouse/${name}:${TAG}`;

beforeAll(() => buildImages(TAG), 600_000);

describe.each(Object.entries(IMAGES))('the image of %s', (name, { user, budgetMib }) => {
  const inspect = async (format: string): Promise<unknown> =>
    JSON.parse(await docker('image', 'inspect', '--format', `{{json ${format}}}`, imageOf(name))) as unknown;

  it('is no larger than its budget', async () => {
    expect(Number(await inspect('.Size')) / 2 ** 20).toBeLessThan(budgetMib);
  });

  it('says what it is, and starts as a plain user without a shell', async () => {
    expect(await inspect('.Config')).toMatchObject({
      User: user,
      Entrypoint: ['/usr/bin/node', '/app/main.mjs'],
      Labels: {
        'org.opencontainers.image.title': expect.stringContaining('Gatehouse'),
        'org.opencontainers.image.description': expect.any(String),
        'org.opencontainers.image.licenses': 'Apache-2.0',
        'org.opencontainers.image.version': TAG,
      },
    });
    expect(await inspect('.Config.Cmd')).toBeNull();
  });

  it('holds no shell, no package manager, and nothing that gives more rights or that others may write', async () => {
    const files = await listFiles(imageOf(name));
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['usr/bin/node', 'app/main.mjs', 'app/LICENSE']));
    const programs = paths.filter((path) => /(^|\/)s?bin\/[^/]+$/.test(path));
    expect(programs).toEqual(name === 'proxy' ? ['usr/bin/node', 'usr/sbin/nginx'] : ['usr/bin/node']);
    const givesRights = ({ mode }: ImageFile): boolean => /[sS]/.test(mode.slice(1));
    const isOpen = ({ mode }: ImageFile): boolean => mode[8] === 'w' && !mode.startsWith('l');
    expect(files.filter((file) => givesRights(file) || isOpen(file))).toEqual([]);
  });

  it('tells scanners which packages its files are from', async () => {
    const packages = (await listFiles(imageOf(name))).map(
      ({ path }) => /^var\/lib\/dpkg\/status\.d\/(.+)$/.exec(path)?.[1],
    );
    expect(packages).toEqual(expect.arrayContaining(['nodejs', 'libc6', ...(name === 'proxy' ? ['nginx'] : [])]));
  });

  it('helps with exit code 0, and refuses a flag that it does not know with 2', async () => {
    expect(await runOnce(imageOf(name), '--help')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage: /),
    });
    expect(await runOnce(imageOf(name), '--no-such-flag')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('unknown flag "--no-such-flag"'),
    });
  });
});

describe('with nothing to write to and no rights', () => {
  const started: StartedTestContainer[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((container) => container.stop()));
  });

  async function start(
    name: string,
    args: readonly string[],
    mounts: readonly string[],
  ): Promise<StartedTestContainer> {
    const container = await new NarrowContainer(imageOf(name))
      .withCommand([...args])
      .withBindMounts(mounts.map((source) => ({ source, target: '/manifests', mode: 'ro' })))
      .withExposedPorts(8080, 8081, 8443)
      .withWaitStrategy(Wait.forHttp('/readyz', 8081))
      .start();
    started.push(container);
    return container;
  }
  /** Ends it as Kubernetes does; how long that took, the exit code, and the lines of its log. */
  async function end(container: StartedTestContainer) {
    const begun = performance.now();
    await docker('stop', '--time', '20', container.getId());
    const tookMs = performance.now() - begun;
    const code = (await docker('inspect', '--format', '{{.State.ExitCode}}', container.getId())).trim();
    return { tookMs, code, log: await logOf(container) };
  }
  async function logOf(container: StartedTestContainer): Promise<readonly unknown[]> {
    let text = '';
    for await (const part of await container.logs()) text += String(part);
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }
  const url = (container: StartedTestContainer, port: number, path: string): string =>
    `http://${container.getHost()}:${container.getMappedPort(port)}${path}`;

  it.each([
    ['default-backend', [], []],
    ['admission-webhook', ['--manifests=/manifests'], [join(EXAMPLES, 'cafe')]],
  ])('%s is healthy, logs JSON, and ends at SIGTERM with exit code 0', async (name, args, mounts) => {
    const container = await start(name, args, mounts);
    expect(await (await fetch(url(container, 8081, '/healthz'))).text()).toBe('ok\n');
    expect(await (await fetch(url(container, 8081, '/metrics'))).text()).toContain('process_resident_memory_bytes');
    const { tookMs, code, log } = await end(container);
    expect(code).toBe('0');
    expect(tookMs).toBeLessThan(10_000);
    expect(log).toContainEqual(expect.objectContaining({ message: expect.stringContaining('has ended') }));
  });

  it('the default backend answers with a page', async () => {
    const container = await start('default-backend', [], []);
    const answer = await fetch(url(container, 8080, '/nowhere'), { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('<html');
  });
});
