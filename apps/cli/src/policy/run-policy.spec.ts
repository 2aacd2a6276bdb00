import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { policyKeyNames } from '@gatehouse/routing';
import { recordedRun, type RecordedRun } from '../recorded-run.ts';

function ingress(namespace: string, name: string, host: string, path = '/'): string {
  const paths = `[{ path: "${path}", pathType: Prefix, backend: { service: { name: a, port: { number: 80 } } } }]`;
  const rule = host === '' ? `http: { paths: ${paths} }` : `host: "${host}"\n      http: { paths: ${paths} }`;
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  ingressClassName: nginx
  rules:
    - ${rule}
---
`;
}

function policy(...lines: readonly string[]): string {
  const data = lines.map((line) => `  ${line}\n`).join('');
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: policy, namespace: ops }\ndata:\n${data}`;
}

const OBJECTS = [
  ingress('shop', 'shop', 'shop.example.com'),
  ingress('evil', 'admin', 'shop.example.com', '/admin'),
  ingress('evil', 'gone', 'old.shop.example.com'),
  ingress('blog', 'blog', 'blog.example.com'),
].join('');
const OWNERS = `host-owners: 'shop.example.com: shop'`;

describe('gatehouse policy', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'policy-'));
    write('objects.yaml', OBJECTS);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const report = (text: string, ...flags: readonly string[]): Promise<RecordedRun> =>
    recordedRun(
      'policy',
      'report',
      `-f=${join(directory, 'objects.yaml')}`,
      `--policy=${write('p.yaml', text)}`,
      ...flags,
    );

  describe('report', () => {
    it.each(['off', 'audit', 'warn', 'enforce'])(
      'lists whoever uses hosts of others while the mode is %s',
      async (mode) => {
        const { exitCode, stdout, stderr } = await report(policy(`host-ownership: '${mode}'`, OWNERS));
        expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
        expect(stdout).toBe(
          `Namespace evil: 2 hosts in 2 Ingresses
  Ingress evil/admin: spec.rules[0].host: host "shop.example.com" belongs to namespace shop by the suffix "shop.example.com" (now: ${mode})
  Ingress evil/gone: spec.rules[0].host: host "old.shop.example.com" belongs to namespace shop by the suffix "shop.example.com" (now: ${mode})
2 Ingresses of 1 namespace use hosts of others. 4 Ingresses with 3 hosts looked at; host-ownership is ${mode}
What each mode does with them:
  audit: all of it is served, and told in Events and logs
  warn: all of it is served, and whoever applies one of these Ingresses is warned
  enforce: none of it is served; 1 host would be served by nobody: old.shop.example.com. More is refused; an Ingress that is there can still be changed
`,
        );
      },
    );

    it('says so when nobody does', async () => {
      const run = await report(policy('host-ownership: audit', `host-owners: 'blog.example.com: blog'`));
      expect(run).toEqual({
        exitCode: 0,
        stdout: 'Nobody uses a host of others. 4 Ingresses with 3 hosts looked at; host-ownership is audit\n',
        stderr: '',
      });
    });

    it('leaves out who is exempt, and shows the mode of a namespace', async () => {
      const text = policy(
        OWNERS,
        `host-ownership: enforce`,
        `exemptions: 'evil/gone: *'`,
        `modes: 'HostNotOwned in evil: warn'`,
      );
      const { stdout } = await report(text);
      expect(stdout).toContain('Ingress evil/admin: ');
      expect(stdout).toContain('(now: warn)');
      expect(stdout).not.toContain('evil/gone');
    });

    it('tells what is wrong with the policy itself', async () => {
      const { exitCode, stdout } = await report(policy(`host-owners: 'Blog.example.com: blog'`));
      expect(exitCode).toBe(1);
      expect(stdout).toContain('ConfigMap ops/policy: data[host-owners]: line 1: "Blog.example.com" is no suffix');
      expect(stdout).toContain('host "blog.example.com" belongs to nobody by the suffix "blog.example.com"');
    });

    it('is JSON on request', async () => {
      const { stdout } = await report(policy(OWNERS), '--format=json');
      expect(JSON.parse(stdout)).toMatchObject({
        mode: 'off',
        ingresses: 4,
        hosts: 3,
        offendingIngresses: 2,
        lostHosts: ['old.shop.example.com'],
        offenders: [
          {
            namespace: 'evil',
            ingress: 'admin',
            host: 'shop.example.com',
            field: 'spec.rules[0].host',
            suffix: 'shop.example.com',
            owners: ['shop'],
            mode: 'off',
            keepsSolver: false,
          },
          { namespace: 'evil', ingress: 'gone', host: 'old.shop.example.com' },
        ],
        problems: [],
        fileProblems: [],
      });
    });

    it('takes the policy that is among the objects', async () => {
      write('objects.yaml', `${OBJECTS}${policy(OWNERS)}`);
      const flags = [`-f=${join(directory, 'objects.yaml')}`, '--policy-configmap=ops/policy'];
      expect((await recordedRun('policy', 'report', ...flags)).stdout).toContain('2 Ingresses of 1 namespace');
    });

    it('knows labels of Namespaces that are among the objects', async () => {
      const namespace =
        'apiVersion: v1\nkind: Namespace\nmetadata: { name: evil, labels: { h.example.org/a: shop.example.com } }\n';
      write('objects.yaml', `${OBJECTS}${namespace}`);
      const { stdout } = await report(policy('host-owner-label-prefix: h.example.org'));
      expect(stdout).toContain('Namespace shop: 1 host in 1 Ingress\n');
    });

    it.each([
      [[], 'which policy? Give a file with its ConfigMap with --policy'],
      [['--policy-configmap=ops/none'], '--policy-configmap: there is no ConfigMap "ops/none"'],
      [['--policy=/nowhere.yaml'], '--policy: there is no file "/nowhere.yaml"'],
    ])('refuses %j', async (flags, reason) => {
      const run = await recordedRun('policy', 'report', `-f=${join(directory, 'objects.yaml')}`, ...flags);
      expect(run).toMatchObject({ exitCode: 2, stdout: '' });
      expect(run.stderr).toContain(reason);
    });

    it.each([
      ['no ConfigMap', OBJECTS, 'holds 0 ConfigMaps, and one is needed'],
      ['two', `${policy(OWNERS)}---\n${policy(OWNERS).replace('name: policy', 'name: other')}`, 'holds 2 ConfigMaps'],
      ['no YAML', '{', 'cannot be read'],
    ])('refuses a file with %s', async (_, text, reason) => {
      const run = await report(text);
      expect(run).toMatchObject({ exitCode: 2, stdout: '' });
      expect(run.stderr).toContain(reason);
    });
  });

  describe('suggest', () => {
    it('prints a policy by which nobody uses a host of others, with what is shared left to decide', async () => {
      const file = write(
        'all.yaml',
        `${OBJECTS}${ingress('blog', 'more', 'a.blog.example.com')}${ingress('web', 'all', '')}`,
      );
      const { exitCode, stdout } = await recordedRun('policy', 'suggest', `-f=${file}`);
      expect(exitCode).toBe(0);
      expect(stdout).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  name: ingress-nginx-policy
  namespace: ingress-nginx
data:
  host-ownership: audit
  host-owners: |
    # Each host belongs to the namespace that alone uses it today.
    blog.example.com: blog
    old.shop.example.com: evil
    # Used by several namespaces, with what is below: decide who owns it.
    # shop.example.com: evil, shop
`);
      expect((await report(stdout)).exitCode).toBe(0);
    });

    it('prints a policy without owners for no objects', async () => {
      const file = write('none.yaml', '');
      const { stdout } = await recordedRun('policy', 'suggest', `-f=${file}`, '--policy-configmap=ops/gate');
      expect(stdout).toContain('name: gate\n  namespace: ops\n');
    });
  });

  it('does what docs/host-ownership.md shows', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/host-ownership.md'), 'utf8');
    const blocks = [...page.matchAll(/```(\w+)\n([^]*?)```/g)].map(([, language = '', text = '']) => ({
      language,
      text,
    }));
    const example = blocks.find(({ text }) => text.includes('kind: ConfigMap'))?.text ?? '';
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: till, labels: { team: pay } }\n';
    const wishes = [
      ingress('shop', 'shop', 'shop.example.com'),
      ingress('blog', 'checkout', 'shop.example.com', '/checkout'),
      ingress('till', 'pay', 'pay.example.com'),
    ];
    write('objects.yaml', [...wishes, namespace].join(''));
    expect(page).toContain(`\`\`\`text\n${(await report(example)).stdout}\`\`\``);

    const rules = blocks.find(({ text }) => text.startsWith('modes:'))?.text ?? '';
    const indented = rules.replace(/^/gm, '  ').trimEnd();
    const { stdout } = await report(`${policy('host-ownership: audit')}${indented}\n`);
    expect(stdout).toBe('Nobody uses a host of others. 3 Ingresses with 2 hosts looked at; host-ownership is audit\n');
    for (const key of policyKeyNames) expect(page).toContain(`| \`${key}\` `);
  });

  it.each([
    [['policy', '--help'], 0, 'report   List who uses hosts of others'],
    [['policy', 'report', '--help'], 0, '--policy'],
    [['policy', 'suggest', '--help'], 0, 'Usage: gatehouse policy suggest'],
    [['policy'], 2, 'Usage: gatehouse policy COMMAND'],
    [['policy', 'reprot'], 2, 'there is no command "reprot"'],
  ])('%j ends with %d', async (argv, exitCode, text) => {
    const run = await recordedRun(...argv);
    expect(run.exitCode).toBe(exitCode);
    expect(`${run.stdout}${run.stderr}`).toContain(text);
  });
});
