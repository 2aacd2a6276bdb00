import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GenericContainer, type StartedTestContainer } from 'testcontainers';

const WORKSPACE = join(import.meta.dirname, '../..');
/** What tests of faults measure is kept. */
const MEASURES = join(WORKSPACE, 'dist/faults');
const IMAGE = join(import.meta.dirname, '../images/newest-nginx');

/** Nothing in these depends on the version of nginx. */
const INDEPENDENT = ['admission-flood', 'bundles', 'cli', 'fault-table', 'gate-bytes', 'readme', 'start'];

/** Those that need no more than nginx: their names have no further ending. */
const SUITES = globSync(['*.spec.ts', 'faults/*.spec.ts'], { cwd: import.meta.dirname })
  .filter((file) => /^[^.]+\.spec\.ts$/.test(file) && !INDEPENDENT.includes(basename(file, '.spec.ts')))
  .sort();

describe('on the newest nginx', () => {
  let container: StartedTestContainer;

  beforeAll(async () => {
    mkdirSync(MEASURES, { recursive: true });
    const baseImage = process.env['BASE_IMAGE'] ?? 'debian:forky-slim';
    const image = await GenericContainer.fromDockerfile(IMAGE)
      .withBuildArgs({ BASE_IMAGE: baseImage })
      .build('gatehouse-e2e-newest-nginx', { deleteOnExit: false });
    container = await image
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

  it.each(SUITES.map((file) => [basename(file, '.spec.ts'), file]))(
    'passes the suite %s',
    async (_, file) => {
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
    },
    300_000,
  );
});
