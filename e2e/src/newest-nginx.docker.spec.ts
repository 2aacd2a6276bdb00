import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, globSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GenericContainer, type StartedTestContainer } from 'testcontainers';

const WORKSPACE = join(import.meta.dirname, '../..');
/** What tests of faults measure is kept. */
const MEASURES = join(WORKSPACE, 'dist/faults');
const NAME = 'gatehouse-e2e-newest-nginx';
const IMAGE = join(import.meta.dirname, '../images/newest-nginx');

/** With ::1, which Docker leaves out: some tests need it, and would be skipped. */
class ContainerWithIpv6 extends GenericContainer {
  constructor(image: string) {
    super(image);
    if (existsSync('/proc/sys/net/ipv6')) this.hostConfig.Sysctls = { 'net.ipv6.conf.all.disable_ipv6': '0' };
  }
}

/** Nothing in these depends on the version of nginx. */
const INDEPENDENT = ['admission-flood', 'bundles', 'cli', 'fault-table', 'gate-bytes', 'readme', 'start'];

/** They hold times, as those of faults do, or count connections; another suite beside them would be in the way. */
const TIMED = [
  ...['certificate-renewal', 'endpoint-dns', 'endpoint-proof', 'endpoints-without-reload'],
  ...['live-certificates', 'live-edits'],
  ...['quarantine-by-bisection', 'reloads', 'session-tickets', 'static-pages', 'streams', 'streams-without-reload'],
];

/** Those that need no more than nginx: their names have no further ending. */
const SUITES = globSync(['*.spec.ts', 'faults/*.spec.ts'], { cwd: import.meta.dirname })
  .filter((file) => /^[^.]+\.spec\.ts$/.test(file) && !INDEPENDENT.includes(basename(file, '.spec.ts')))
  .sort()
  .map((file) => ({ name: basename(file, '.spec.ts'), file }));
const isTimed = ({ name, file }: (typeof SUITES)[number]): boolean =>
  file.startsWith('faults/') || TIMED.includes(name);
const SUITE_LIMIT_MS = 300_000;

describe('on the newest nginx', () => {
  let container: StartedTestContainer;

  beforeAll(async () => {
    mkdirSync(MEASURES, { recursive: true });
    const baseImage = process.env['BASE_IMAGE'] ?? 'debian:forky-slim';
    await GenericContainer.fromDockerfile(IMAGE)
      .withBuildArgs({ BASE_IMAGE: baseImage })
      .build(NAME, { deleteOnExit: false });
    container = await new ContainerWithIpv6(NAME)
      .withBindMounts([
        { source: WORKSPACE, target: '/workspace', mode: 'ro' },
        { source: MEASURES, target: '/workspace/dist/faults', mode: 'rw' },
      ])
      .withWorkingDir('/workspace')
      .withCommand(['sleep', 'infinity'])
      .start();
  }, 300_000);

  afterAll(async () => {
    await container.stop();
  });

  const run = (command: readonly string[]): Promise<{ readonly exitCode: number; readonly output: string }> =>
    container.exec([...command], { workingDir: '/workspace' });

  it('has the abilities that 1.22 lacks', async () => {
    const { output } = await run(['nginx', '-v']);
    const [, minor = 0] = (/nginx\/1\.(\d+)\./.exec(output) ?? []).map(Number);
    expect(minor).toBeGreaterThanOrEqual(30);
  });

  const pass = async ({ file }: { readonly file: string }): Promise<void> => {
    const { exitCode, output } = await run([
      // The workspace's: Debian's strips no types, which a thread needs.
      'node_modules/.bin/node',
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      `e2e/src/${file}`,
      '--rootDir=e2e',
      '--config=jest.config.mjs',
      '--runInBand',
      '--testTimeout=60000',
      '--cacheDirectory=/tmp/jest',
      '--reporters=default',
    ]);
    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
  };
  const title = 'passes the suite $name';

  // As many at a time as `--maxConcurrency` says.
  it.concurrent.each(SUITES.filter((suite) => !isTimed(suite)))(title, pass, SUITE_LIMIT_MS);
  it.each(SUITES.filter(isTimed))(title, pass, SUITE_LIMIT_MS);
});
