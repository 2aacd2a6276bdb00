import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordedRun, type RecordedRun } from '../recorded-run.ts';

const EXAMPLES = join(import.meta.dirname, '../../../../examples');

const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: { name: tea-svc }\nspec: { selector: { app: tea }, ports: [{ port: 80 }] }\n';
const INGRESS = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: tea-svc, port: { number: 80 } } } }] }
`;
/** One error and one warning. */
const BROKEN = INGRESS.replace('shop.example.com', '10.0.0.1').replace(
  'name: shop',
  "name: shop\n  annotations:\n    nginx.ingress.kubernetes.io/limit-rps: '5'",
);
const WARNED = BROKEN.replace('10.0.0.1', 'shop.example.com');

interface JsonReport {
  readonly errors: number;
  readonly warnings: number;
  readonly ingresses: { readonly found: number; readonly served: number };
  readonly malformedObjects: number;
  readonly findings: readonly { readonly code: string; readonly file: string; readonly message: string }[];
}

describe('gatehouse check', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'check-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const check = (...flags: readonly string[]): Promise<RecordedRun> =>
    recordedRun('check', `-f=${directory}`, ...flags);
  const codes = ({ stdout }: RecordedRun): readonly string[] =>
    (JSON.parse(stdout) as JsonReport).findings.map(({ code }) => code);

  it('finds the cafe clean', async () => {
    const run = await recordedRun('check', '-f', join(EXAMPLES, 'cafe'), '--fail-on=warning');
    expect(run).toEqual({ exitCode: 0, stdout: '0 errors, 0 warnings in 1 Ingress\n', stderr: '' });
  });

  it('finds nothing but its old form wrong with the original cafe', async () => {
    const run = await recordedRun('check', '-f', join(EXAMPLES, 'cafe-legacy'), '--format=json');
    expect(codes(run)).toEqual(['RetiredApiVersion']);
  });

  it('tells place, severity, object, field, message and code, then what to do, then the sum', async () => {
    const file = write('shop.yaml', BROKEN);
    write('tea.yaml', SERVICE);
    const { exitCode, stdout, stderr } = await check();
    const lines = stdout.split('\n');
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(lines[0]).toMatch(
      /: warning: Ingress default\/shop: metadata\.annotations\[.*\]: .+ \(AnnotationNotSupported\)$/,
    );
    expect(lines[0]?.startsWith(`${file}:6:44: `)).toBe(true);
    expect(lines[1]).toMatch(/: error: Ingress default\/shop: spec\.rules\[0\]\.host: .+ \(HostIsIpAddress\)$/);
    expect(lines[1]?.startsWith(`${file}:10:13: `)).toBe(true);
    expect(lines.slice(2)).toEqual([
      'What to do:',
      expect.stringMatching(/^ {2}AnnotationNotSupported: .+\.$/),
      expect.stringMatching(/^ {2}HostIsIpAddress: .+\.$/),
      '1 error, 1 warning in 1 Ingress',
      '',
    ]);
  });

  it('tells the same as JSON', async () => {
    const file = write('shop.yaml', BROKEN + '---\n' + SERVICE);
    const { stdout, exitCode } = await check('--format=json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      errors: 1,
      warnings: 1,
      ingresses: { found: 1, served: 1 },
      malformedObjects: 0,
      findings: [
        {
          severity: 'warning',
          code: 'AnnotationNotSupported',
          message: expect.any(String),
          object: 'Ingress default/shop',
          field: 'metadata.annotations[nginx.ingress.kubernetes.io/limit-rps]',
          file,
          line: 6,
          column: 44,
          remedy: expect.stringMatching(/\.$/),
        },
        expect.objectContaining({ code: 'HostIsIpAddress', severity: 'error', line: 10 }),
      ],
    });
  });

  it.each([
    ['nothing', INGRESS, 0, 0],
    ['a warning', WARNED, 0, 1],
    ['an error', BROKEN, 1, 1],
  ])('ends with the right exit code for %s', async (_, text, onError, onWarning) => {
    write('all.yaml', `${SERVICE}---\n${text}`);
    for (const format of ['text', 'json', 'sarif']) {
      expect((await check(`--format=${format}`)).exitCode).toBe(onError);
      expect((await check(`--format=${format}`, '--fail-on=error')).exitCode).toBe(onError);
      expect((await check(`--format=${format}`, '--fail-on=warning')).exitCode).toBe(onWarning);
    }
  });

  it('goes on after a broken file and says where it breaks', async () => {
    write('a-broken.yaml', 'kind: Ingress\n  name: [\n');
    write('b-latin.yaml', '');
    writeFileSync(join(directory, 'b-latin.yaml'), Buffer.from([0x61, 0xe9]));
    write('shop.yaml', BROKEN);
    write('tea.yaml', SERVICE);
    const { exitCode, stdout } = await check();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\/a-broken\.yaml:[12]:\d+: error: .+ \(FileUnreadable\)\n/);
    expect(stdout).toMatch(/\/b-latin\.yaml: error: is not UTF-8 text \(FileUnreadable\)\n/);
    expect(stdout).toMatch(/\(HostIsIpAddress\)\n/);
  });

  it('takes several paths as one whole', async () => {
    const shop = write('shop.yaml', INGRESS);
    mkdirSync(join(directory, 'services'));
    write('services/tea.yaml', SERVICE);
    const alone = await recordedRun('check', '-f', shop, '--format=json');
    const both = await recordedRun('check', '-f', shop, '-f', join(directory, 'services'), '--format=json');
    expect([codes(alone), codes(both)]).toEqual([['ServiceMissing'], []]);
  });

  it.each([
    [
      'nothing to read',
      [],
      'gatehouse check: give a directory or file of YAML with -f, or - for standard input; or --kubeconfig for a cluster\n',
    ],
    ['a path that is not there', ['-f', 'nowhere'], 'gatehouse check: -f: there is no file or directory "nowhere"\n'],
    [
      'a name that is no key',
      ['-f', '.', '--configmap=x'],
      'gatehouse check: --configmap: "x" is not of the form NAMESPACE/NAME\n',
    ],
    [
      'an nginx that is none',
      ['-f', '.', '--nginx-binary=/nowhere'],
      'gatehouse check: --nginx-binary: /nowhere is not a program\n',
    ],
    ['an operand', ['.'], 'gatehouse check: unexpected argument "."\n'],
  ])('takes %s as wrong usage', async (_, argv, sentence) => {
    const run = await recordedRun('check', ...argv);
    expect(run).toEqual({ exitCode: 2, stdout: '', stderr: `${sentence}Try gatehouse check --help\n` });
  });

  it('takes a program that is no nginx as wrong usage', async () => {
    const { exitCode, stdout, stderr } = await check('--nginx-binary=/bin/true');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--nginx-binary: /bin/true cannot be asked for its version');
  });

  it('names every wrong flag at once', async () => {
    const { stderr } = await recordedRun('check', '-f', 'nowhere', '--configmap=x', '--nginx-binary=/nowhere');
    expect(stderr.split('\n')).toHaveLength(5);
  });

  it('says how many Ingresses are of another class', async () => {
    write(
      'all.yaml',
      `${SERVICE}---\n${INGRESS.replace('Name: nginx', 'Name: other')}---
apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: { name: other }\nspec: { controller: example.com/other }\n`,
    );
    const { stdout } = await check();
    expect(stdout).toBe('0 errors, 0 warnings in 0 Ingresses; 1 more is not ours by class or namespace\n');
  });

  it('warns of a directory without any manifest', async () => {
    write('notes.txt', 'kind: Ingress');
    const warning = `${directory}: warning: no YAML or JSON file in ${JSON.stringify(directory)} (NoManifest)`;
    const { exitCode, stdout } = await check();
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, warning]);
    expect(stdout).toMatch(/\n0 errors, 1 warning in 0 Ingresses\n$/);
    expect((await check('--fail-on=warning')).exitCode).toBe(1);
    expect(codes(await check('--format=json'))).toEqual(['NoManifest']);
    expect((await check('--format=sarif')).stdout).toContain('"id": "NoManifest"');
  });

  it.each([
    [1, '1 object could not be read as a whole'],
    [2, '2 objects could not be read as a whole'],
  ])('says in the sum that %s could not be read', async (number, words) => {
    const lost = Array.from({ length: number }, (_, index) =>
      INGRESS.replace(/rules:[^]*/, 'rules: 7\n').replace('name: shop', `name: lost-${index}`),
    );
    write('all.yaml', [SERVICE, INGRESS, ...lost].join('---\n'));
    const { stdout } = await check();
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${number} errors?, .*; ${words}$`));
    expect(JSON.parse((await check('--format=json')).stdout)).toMatchObject({ malformedObjects: number });
  });

  it('leaves out missing endpoints only where the cluster would make them', async () => {
    const slice =
      'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: { name: a, labels: { kubernetes.io/service-name: tea-svc } }\naddressType: IPv4\nendpoints: []\nports: []\n';
    const byHand = SERVICE.replace('selector: { app: tea }, ', '');
    write('shop.yaml', INGRESS);
    write('tea.yaml', SERVICE);
    expect(codes(await check('--format=json'))).toEqual([]);
    expect(codes(await check('--format=json', '--default-backend-service=default/tea-svc'))).toEqual([]);
    write('tea.yaml', byHand);
    expect(codes(await check('--format=json'))).toEqual(['ServiceHasNoEndpoints']);
    write('tea.yaml', `${SERVICE}---\n${slice}`);
    expect(codes(await check('--format=json'))).toEqual(['ServiceHasNoEndpoints']);
  });

  it('keeps every finding on one line that steers no terminal, whatever files and fields are called', async () => {
    const name = 'a\nb\u001b[2J\u202e.yaml';
    write(name, `kind: [\n`);
    const key = JSON.stringify('nginx.ingress.kubernetes.io/a\n::error::\u001b]0;x\u0007\u2028b');
    write('c.yaml', INGRESS.replace('name: shop', `name: shop\n  annotations: { ${key}: x }`));
    write('tea.yaml', SERVICE);
    const { stdout } = await check();
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(stdout).not.toMatch(/^::/m);
    expect(stdout.match(/\((?:AnnotationUnknown|FileUnreadable)\)$/gm)?.length).toBeGreaterThanOrEqual(2);
  });
});
