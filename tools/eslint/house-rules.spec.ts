import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

interface Case {
  readonly sentence: string;
  /** The place that the text is linted as; the file exists, since the types of the project are asked. */
  readonly file: string;
  readonly text: string;
  readonly rule: string;
}

const BOUNDARIES = '@nx/enforce-module-boundaries';

const refused: readonly Case[] = [
  ['core imports no package', 'core', "export { parse } from 'yaml';", BOUNDARIES],
  ['core knows no other project', 'core', "export * from '@gatehouse/kube-model';", BOUNDARIES],
  ['the object model knows no routing', 'kube-model', "export * from '@gatehouse/routing';", BOUNDARIES],
  ['routing knows no template engine', 'routing', "export { render } from 'mustache';", BOUNDARIES],
  ['nginx does not know admission', 'nginx', "export * from '@gatehouse/admission';", BOUNDARIES],
  ['production code imports no test code', 'pipeline', "export * from '@gatehouse/testing';", BOUNDARIES],
  ['adapters do not know each other', 'http', "export * from '@gatehouse/manifests';", BOUNDARIES],
  ['the domain reads no file', 'routing', "export { readFileSync } from 'node:fs';", 'no-restricted-imports'],
  ['only one library knows the client', 'http', "export * from '@kubernetes/client-node';", 'no-restricted-imports'],
  ['the domain has no clock', 'routing', 'export const now = Date.now();', 'no-restricted-properties'],
  ['the domain has no clock in disguise', 'routing', 'export const now = new Date();', 'no-restricted-syntax'],
  ['the domain knows no chance', 'routing', 'export const x = Math.random();', 'no-restricted-properties'],
  ['the domain knows no process', 'routing', 'export const id = process.pid;', 'no-restricted-globals'],
  ['libraries read no environment', 'http', 'export const home = process.env;', 'no-restricted-properties'],
].map(([sentence = '', project = '', text = '', rule = '']) => ({
  sentence,
  file: `libs/${project}/src/index.ts`,
  text: `${text}\n`,
  rule,
}));

const LINT = `
  import { ESLint } from 'eslint';
  const eslint = new ESLint();
  const cases = JSON.parse(process.argv[1]);
  const rules = [];
  for (const { file, text } of cases) {
    const [result] = await eslint.lintText(text, { filePath: file });
    rules.push(result.messages.map((message) => message.ruleId));
  }
  process.stdout.write(JSON.stringify(rules));
`;

describe('the house rules', () => {
  let rules: string[][];

  beforeAll(() => {
    const workspaceRoot = resolve(import.meta.dirname, '../..');
    const cases = JSON.stringify(refused);
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', LINT, cases], {
      cwd: workspaceRoot,
      encoding: 'utf8',
    });
    rules = JSON.parse(output) as string[][];
  }, 60_000);

  it.each(refused.map((entry, index) => ({ ...entry, index })))('hold that $sentence', ({ rule, index }) => {
    expect(rules[index]).toContain(rule);
  });
});
