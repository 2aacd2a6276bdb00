import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseManifest } from './parse-manifest.ts';
import { describeManifestProblem } from './place.ts';

function read(text: string) {
  const { objects, problems } = parseManifest('a.yaml', text);
  return {
    names: objects.map(({ reading }) => `${reading.ref.kind} ${reading.ref.name}`),
    problems: problems.map(describeManifestProblem),
  };
}

const config = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

describe('parseManifest', () => {
  it('reads several documents, and passes over empty ones and kinds that are not read', () => {
    const text = `# nothing\n---\n${config('a')}---\n---\napiVersion: apps/v1\nkind: Deployment\n---\n${config('b')}...\n`;
    expect(read(text)).toEqual({ names: ['ConfigMap a', 'ConfigMap b'], problems: [] });
  });

  it('reads JSON and Lists', () => {
    const item = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [item, { ...item, metadata: { name: 'b' } }],
    });
    expect(read(list)).toEqual({ names: ['ConfigMap a', 'ConfigMap b'], problems: [] });
  });

  it('reads an empty text as no objects', () => {
    expect([read(''), read('\n'), read('# none')]).toEqual(Array(3).fill({ names: [], problems: [] }));
  });

  it('takes words as YAML 1.2 does, and merges', () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: &x {b: no}\ndata: {<<: *x, c: 012e, d: "1"}\n';
    const [object] = parseManifest('a.yaml', text).objects;
    expect(object?.reading.objects).toMatchObject([
      {
        data: new Map([
          ['b', 'no'],
          ['c', '012e'],
          ['d', '1'],
        ]),
      },
    ]);
    expect(object?.reading.problems).toEqual([]);
  });

  it.each([
    ['a list that is not closed', `${config('a')}data: [1, 2\n`, 'a.yaml:5:1: '],
    ['a tab as indentation', 'kind:\n\tx: 1\n', 'a.yaml:2:1: Tabs are not allowed as indentation'],
    ['a key given twice', `${config('a')}kind: Secret\n`, 'a.yaml:4:1: Map keys must be unique'],
    ['a key that is no text', `${config('a')}? [1]\n: 2\n`, 'a.yaml:4:3: With stringKeys, all keys must be strings'],
    [
      'an alias to nothing',
      `${config('a')}data: *x\n`,
      'a.yaml:4:7: Unresolved alias (the anchor must be set before the alias): x',
    ],
    ['a tag that nobody knows', `${config('a')}data: !secret x\n`, 'a.yaml:4:7: Unresolved tag: !secret'],
    [
      'plain text',
      `${config('a')}---\nhello\n`,
      'a.yaml:5:1: this is no Kubernetes object: it is no mapping with apiVersion and kind',
    ],
    [
      'no kind',
      `${config('a')}---\n\nmetadata: {}\n`,
      'a.yaml:6:1: this is no Kubernetes object: it has no apiVersion that is text',
    ],
    [
      'a bad item of a List',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n- 5\n',
      'a.yaml:6:3: this is no Kubernetes object: it is no mapping with apiVersion and kind',
    ],
    ['nesting without end', '['.repeat(100_000), 'a.yaml:1:'],
  ])('says where there is %s', (_name, text, expected) => {
    expect(read(text).problems[0]).toMatch(new RegExp(`^${expected.replace(/[()[\]*?.!]/g, '\\$&')}`));
  });

  it('says of nesting without end what it is', () => {
    expect(read('['.repeat(100_000)).problems.join()).toContain('nested too deeply');
  });

  it.each([
    [
      'aliases',
      ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'].reduce(
        (text, [from = '', to = '']) => `${text}${to}: &${to} [${Array(9).fill(`*${from}`).join(', ')}]\n`,
        'a: &a [x]\n',
      ),
    ],
    [
      'merges',
      ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'].reduce(
        (text, [from = '', to = '']) =>
          `${text}${to}: &${to} {<<: [${Array(50).fill(`*${from}`).join(', ')}], k${to}: 1}\n`,
        'a: &a {x: 1}\n',
      ),
    ],
  ])('refuses a bomb of %s at once', (_name, text) => {
    const startMs = performance.now();
    expect(read(text).problems).toEqual(['a.yaml:1:1: Excessive alias count indicates a resource exhaustion attack']);
    expect(performance.now() - startMs).toBeLessThan(1000);
  });

  it('does not follow a list that holds itself', () => {
    const text = 'apiVersion: v1\nkind: List\nitems: &a\n- apiVersion: v1\n  kind: List\n  items: *a\n';
    expect(read(text).problems).toHaveLength(1);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x',
      '*x',
      '<<',
      '!',
      '|',
      '>',
      '"',
      "'",
      '---\n',
      '%',
      '#',
      '\t',
      '? ',
      ',',
      'kind: List',
      'items:',
      'apiVersion: v1\n',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (hostile) => {
        for (const { line, column } of parseManifest('a.yaml', hostile).problems) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
