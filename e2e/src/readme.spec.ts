import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const WORKSPACE = join(import.meta.dirname, '../..');

type Trial =
  /** Run here as it stands. */
  | { readonly kind: 'run'; readonly exitCode: number; readonly output: RegExp }
  /** Run by another suite, whose text must have these words. */
  | { readonly kind: 'suite'; readonly file: string; readonly words: string }
  /** Too long to be run here: another form of it is. */
  | { readonly kind: 'instead'; readonly command: string; readonly output: RegExp };

/** How each command of the README is tried. */
const TRIALS: Readonly<Record<string, Trial>> = {
  'npm start': { kind: 'suite', file: 'e2e/src/start.spec.ts', words: "describe('npm start'" },
  'curl --insecure --resolve cafe.example.com:8443:127.0.0.1 https://cafe.example.com:8443/tea': {
    kind: 'suite',
    file: 'apps/cli/src/start/describe-start.spec.ts',
    words: 'curl --insecure --resolve cafe.example.com:8443:127.0.0.1 https://cafe.example.com:8443/tea',
  },
  'npm run gatehouse -- check -f examples/cafe': {
    kind: 'run',
    exitCode: 0,
    output: /^0 errors, 0 warnings in 1 Ing/m,
  },
  'npm run gatehouse -- check -f examples/cafe --format sarif --fail-on warning': {
    kind: 'run',
    exitCode: 0,
    output: /"version": "2\.1\.0"/,
  },
  'npm run gatehouse -- render -f examples/cafe': {
    kind: 'run',
    exitCode: 0,
    output: /server_name cafe\.example\.com;/,
  },
  'npm run gatehouse -- controller --help': { kind: 'run', exitCode: 0, output: /^ {2}-f, --manifests PATH$/m },
  'npm run gatehouse -- check --kubeconfig ~/.kube/config': {
    kind: 'suite',
    file: 'e2e/src/cli.apiserver.spec.ts',
    words: "run('check', `--kubeconfig=",
  },
  // It is what runs this.
  'npm test': { kind: 'instead', command: 'node --check tools/test/all.ts', output: /^$/ },
  'npm run bench -- render': { kind: 'instead', command: 'npm run bench -- --help', output: /^Areas: .*\brender\b/m },
};

const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');
const run = (command: string): SpawnSyncReturns<string> =>
  spawnSync('sh', ['-c', command], { cwd: WORKSPACE, encoding: 'utf8' });

/** The lines of all code blocks marked `sh`. */
function commandsOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) => block.split('\n')).filter((line) => line !== '');
}

/** Paths from the workspace's root that a page links to, without fragments. */
function linksOf(page: string): readonly string[] {
  const prose = read(page)
    .replace(/^```[^]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => target.replace(/#.*/, ''))
    .filter((target) => target !== '')
    .map((target) => normalize(join(dirname(page), target)));
}

describe('the commands of the README', () => {
  const commands = commandsOf(read('README.md'));

  it('are each tried, and nothing else is', () => {
    expect([...commands].sort()).toEqual(Object.keys(TRIALS).sort());
  });

  it.each(Object.entries(TRIALS))('%s', (command, trial) => {
    switch (trial.kind) {
      case 'run': {
        const { status, stdout, stderr } = run(command);
        expect([status, stderr]).toEqual([trial.exitCode, expect.not.stringContaining('rror')]);
        expect(stdout).toMatch(trial.output);
        return;
      }
      case 'suite':
        expect(read(trial.file)).toContain(trial.words);
        return;
      case 'instead': {
        const { status, stdout, stderr } = run(trial.command);
        expect(status).toBe(0);
        expect(stdout + stderr).toMatch(trial.output);
      }
    }
  });

  it('are all scripts of package.json where npm runs them', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const names = commands.flatMap((line) => /^npm (?:run )?([\w:]+)/.exec(line)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe('the pages', () => {
  const docs = globSync('docs/**/*.md', { cwd: WORKSPACE }).sort();
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs];

  it.each(pages)('%s links only to files that exist', (page) => {
    expect(linksOf(page).filter((target) => !existsSync(join(WORKSPACE, target)))).toEqual([]);
  });

  it('are each reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const target of linksOf(page))
        if (target.endsWith('.md') && existsSync(join(WORKSPACE, target))) reached.add(target);
    }
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  it('name only folders and files of this tree', () => {
    const named = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'].flatMap((page) =>
      [...read(page).matchAll(/`((?:apps|libs|e2e|bench|tools|docs|examples|changes)\/[\w./-]+)`/g)].map(
        ([, path = '']) => path,
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(WORKSPACE, path)))).toEqual([]);
  });
});
