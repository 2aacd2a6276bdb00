import { relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { problemTable, type ProblemCode } from '@gatehouse/core';
import type { Finding } from './finding.ts';
import { renderSarif } from './sarif.ts';

/** The parts of SARIF 2.1.0 that we write. */
interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly columnKind: string;
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } };
    readonly results: readonly Result[];
  }[];
}
interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly help: { readonly text: string };
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region?: { readonly startLine: number; readonly startColumn: number };
    };
  }[];
}

const parse = (findings: readonly Finding[]): Sarif => JSON.parse(renderSarif(findings)) as Sarif;
const finding = (shape: Partial<Finding> = {}): Finding => ({
  severity: 'error',
  code: 'HostInvalid',
  message: 'it is no name',
  object: 'Ingress default/shop',
  field: 'spec.rules[0].host',
  ...shape,
});

const codes: readonly Finding['code'][] = ['FileUnreadable', ...(Object.keys(problemTable) as ProblemCode[])];
const findings = fc.array(
  fc.record<Finding, 'code' | 'field' | 'message' | 'object' | 'severity'>(
    {
      severity: fc.constantFrom('error', 'warning'),
      code: fc.constantFrom(...codes),
      message: fc.string({ minLength: 1 }),
      object: fc.string(),
      field: fc.string(),
      file: fc.string({ minLength: 1, unit: 'grapheme' }).filter((path) => !path.includes('\0')),
      line: fc.integer({ min: 1, max: 1e6 }),
      column: fc.integer({ min: 1, max: 1e6 }),
    },
    { requiredKeys: ['severity', 'code', 'message', 'object', 'field'] },
  ),
);

describe('a report in SARIF', () => {
  it('is a whole log also without findings', () => {
    expect(parse([])).toEqual({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'gatehouse', rules: [] } }, columnKind: 'utf16CodeUnits', results: [] }],
    });
  });

  it('has a rule for each code, a level that SARIF knows, and places that count from 1', () => {
    fc.assert(
      fc.property(findings, (some) => {
        const [run] = parse(some).runs;
        const { rules } = run?.tool.driver ?? { rules: [] };
        expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
        for (const rule of rules) expect([rule.shortDescription.text, rule.help.text].join('')).toMatch(/\..+\.$/);
        expect(run?.results).toHaveLength(some.length);
        for (const [index, result] of (run?.results ?? []).entries()) {
          expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
          expect(['error', 'warning']).toContain(result.level);
          expect(result.message.text).not.toBe('');
          expect(result.locations).toHaveLength(some[index]?.file === undefined ? 0 : 1);
          for (const { physicalLocation } of result.locations) {
            expect(physicalLocation.region?.startLine).toBe(some[index]?.line);
          }
        }
      }),
    );
  });

  it('names files by references that lead back to them', () => {
    const here = new URL('file:///somewhere/below/');
    fc.assert(
      fc.property(findings, (some) => {
        for (const [index, { locations }] of (parse(some).runs[0]?.results ?? []).entries()) {
          const file = some[index]?.file;
          if (file === undefined) continue;
          const uri = locations[0]?.physicalLocation.artifactLocation.uri ?? '';
          expect(uri).toMatch(/^[\w.~!*'()%:/-]+$/);
          const way = relative('', resolve(file));
          if (way.startsWith('..')) return;
          const url = new URL(uri === '.' ? './' : `./${uri}`, here);
          expect(decodeURIComponent(url.pathname)).toBe(`/somewhere/below/${way}`);
          expect([url.protocol, url.search, url.hash]).toEqual(['file:', '', '']);
        }
      }),
    );
  });

  it.each([
    ['below the working directory', 'examples/a b/50%#1?.yaml', 'examples/a%20b/50%25%231%3F.yaml'],
    ['below it by its full path', resolve('examples/x.yaml'), 'examples/x.yaml'],
    ['with a dot in front', './x.yaml', 'x.yaml'],
    ['elsewhere', '/etc/a b.yaml', 'file:///etc/a%20b.yaml'],
    ['elsewhere, of characters that a reference cannot have', '/& [b].yaml', 'file:///%26%20%5Bb%5D.yaml'],
    ['that is standard input', '<stdin>', '%3Cstdin%3E'],
  ])('names a file %s', (_, file, uri) => {
    const [result] = parse([finding({ file, line: 3, column: 5 })]).runs[0]?.results ?? [];
    expect(result?.locations).toEqual([
      { physicalLocation: { artifactLocation: { uri }, region: { startLine: 3, startColumn: 5 } } },
    ]);
  });

  it('has no region for a file as a whole, and no location for what is in no file', () => {
    const { results } = parse([finding({ file: 'x.yaml' }), finding()]).runs[0] ?? { results: [] };
    expect(results.map(({ locations }) => locations)).toEqual([
      [{ physicalLocation: { artifactLocation: { uri: 'x.yaml' } } }],
      [],
    ]);
  });
});
