import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask } from './harness/ask.ts';

const WORKSPACE = join(import.meta.dirname, '../..');
const BUNDLE = join(WORKSPACE, 'dist/apps/cli/main.mjs');

describe('the bundle of gatehouse', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cli-'));
    cpSync(join(WORKSPACE, 'examples/cafe'), join(directory, 'cafe'), { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Runs it in the directory, with an environment that is otherwise empty. */
  const gatehouse = (argv: readonly string[], input = ''): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [BUNDLE, ...argv], { cwd: directory, encoding: 'utf8', env: {}, input });

  it('knows its version without its package.json', () => {
    const { status, stdout } = gatehouse(['--version']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^gatehouse \d+\.\d+\.\d+ \(/);
  });

  it('finds the cafe clean', () => {
    const { status, stdout, stderr } = gatehouse(['check', '-f', 'cafe', '--fail-on=warning']);
    expect([status, stdout, stderr]).toEqual([0, '0 errors, 0 warnings in 1 Ingress\n', '']);
  });

  it('names files as they were given, in text and in SARIF', () => {
    const file = join(directory, 'cafe/cafe-ingress.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('pathType: Prefix', 'pathType: Prefx'));
    const text = gatehouse(['check', '-f', 'cafe']);
    expect([text.status, text.stdout]).toEqual([1, expect.stringMatching(/^cafe\/cafe-ingress\.yaml:16:23: error: /)]);
    const sarif = gatehouse(['check', '-f', 'cafe', '--format=sarif']);
    expect(sarif.status).toBe(1);
    expect(sarif.stdout).toContain('"uri": "cafe/cafe-ingress.yaml"');
  });

  it('checks standard input, alone and beside a directory', () => {
    const ingress = readFileSync(join(directory, 'cafe/cafe-ingress.yaml'), 'utf8');
    rmSync(join(directory, 'cafe/cafe-ingress.yaml'));
    const alone = gatehouse(['check', '-f', '-'], ingress);
    expect([alone.status, alone.stdout]).toEqual([
      1,
      expect.stringMatching(/^<stdin>:19:23: error: .*\(ServiceMissing\)$/m),
    ]);
    const both = gatehouse(['check', '-f', 'cafe', '-f', '-'], ingress);
    expect([both.status, both.stdout]).toEqual([0, '0 errors, 0 warnings in 1 Ingress\n']);
    const broken = gatehouse(['check', '-f', '-', '--format=json'], 'a: [');
    expect(JSON.parse(broken.stdout)).toMatchObject({
      findings: [{ code: 'FileUnreadable', file: '<stdin>', line: 1 }],
    });
  });

  it('serves what is piped into the controller', async () => {
    const [httpPort, httpsPort] = [await freePort(), await freePort()];
    const flags = ['--listen-address=127.0.0.1', '--healthz-host=127.0.0.1', '--healthz-port=0'];
    const ports = [`--http-port=${httpPort}`, `--https-port=${httpsPort}`];
    const controller = spawn(process.execPath, [BUNDLE, 'controller', '-f', '-', ...flags, ...ports], {
      cwd: directory,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'], GATEHOUSE_NGINX_BINARY: process.env['GATEHOUSE_NGINX_BINARY'] },
    });
    const ended = new Promise((resolve) => controller.once('exit', resolve));
    try {
      controller.stdin.end(readFileSync(join(directory, 'cafe/cafe-ingress.yaml')));
      const tea = { ask: 'GET http://cafe.example.com/tea' };
      const askedAt = performance.now();
      let status: number | undefined;
      while (status !== 308 && performance.now() - askedAt < 15_000) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        status = await ask({ httpPort, httpsPort }, tea).then(
          (answer) => answer.status,
          () => undefined,
        );
      }
      // It has a certificate, so it leads to HTTPS; a host that nobody has read of would be answered with 404.
      expect(status).toBe(308);
    } finally {
      controller.kill();
      expect(await ended).toBe(0);
    }
  });

  it('says in one sentence that a directory is not there', () => {
    const { status, stdout, stderr } = gatehouse(['check', '-f', 'nowhere']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe('gatehouse check: -f: there is no file or directory "nowhere"\nTry gatehouse check --help\n');
  });

  it('prints all of a large configuration into a pipe', () => {
    const base = readFileSync(join(directory, 'cafe/cafe-ingress.yaml'), 'utf8');
    const many = Array.from({ length: 400 }, (_, index) =>
      base.replaceAll('cafe-ingress', `cafe-${index}`).replaceAll('cafe.example.com', `cafe-${index}.example.com`),
    );
    writeFileSync(join(directory, 'cafe/many.yaml'), many.join('\n---\n'));
    const { status, stdout } = spawnSync('sh', ['-c', `"$0" "$1" render -f cafe | cat`, process.execPath, BUNDLE], {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(status).toBe(0);
    expect(stdout).toContain('server_name cafe-399.example.com;');
    expect(stdout.endsWith('}\n')).toBe(true);
  });
});

describe('npm run gatehouse', () => {
  /** As a script would use it: `npm run --silent` leaves standard output to the command. */
  const npmRun = (...argv: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync('npm', ['run', '--silent', 'gatehouse', '--', ...argv], { cwd: WORKSPACE, encoding: 'utf8' });

  it('prints nothing but the nginx.conf of render on standard output', () => {
    const { status, stdout } = npmRun('render', '-f', 'examples/cafe');
    const program = join(WORKSPACE, 'apps/cli/src/main.ts');
    const plain = spawnSync(process.execPath, [program, 'render', '-f', 'examples/cafe'], {
      cwd: WORKSPACE,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toContain('server_name cafe.example.com;');
    expect(stdout).toBe(plain.stdout);
  });

  it.each([
    [0, ['check', '-f', 'examples/cafe-legacy']],
    [1, ['check', '-f', 'examples/cafe-legacy', '--fail-on=warning']],
    [2, ['check', '-f', 'nowhere']],
  ])('ends with the exit code %s of the command', (exitCode, argv) => {
    expect(npmRun(...argv).status).toBe(exitCode);
  });
});
