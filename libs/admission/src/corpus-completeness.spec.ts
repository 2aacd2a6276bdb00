/**
 * Duty: that the corpus leaves nothing out: no CVE, no annotation, no code that the gate tells.
 */
import { annotationTable, unsupportedAnnotations } from '@gatehouse/annotations';
import { problemTable, type ProblemCode } from '@gatehouse/core';
import { asV1beta1, readCorpus, type CorpusCase, type ExpectedProblem } from '@gatehouse/testing/corpus';
import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';

const corpus = readCorpus(join(import.meta.dirname, '../corpus'));

/** Every CVE of ingress-nginx itself. */
const CVES = [
  ...['CVE-2020-8553', 'CVE-2021-25742', 'CVE-2021-25745', 'CVE-2021-25746', 'CVE-2021-25748', 'CVE-2022-4886'],
  ...['CVE-2023-5043', 'CVE-2023-5044', 'CVE-2024-7646', 'CVE-2025-1097', 'CVE-2025-1098', 'CVE-2025-1974'],
  ...['CVE-2025-15566', 'CVE-2025-24513', 'CVE-2025-24514', 'CVE-2026-1580', 'CVE-2026-24512', 'CVE-2026-24513'],
  ...['CVE-2026-24514', 'CVE-2026-3288', 'CVE-2026-4342'],
];

/** Attacks that are admitted, each with the reason. */
const WITHOUT_EFFECT = new Map([['CVE-2025-1098', 'nothing is mirrored, so the value goes nowhere']]);

/** Codes that the gate never tells of, each with the reason. */
const UNSEEN = new Map<ProblemCode, string>([['SecretMissing', 'it may not read Secrets']]);

const supported = annotationTable.flatMap(({ name, aliases }) => [name, ...aliases]).sort();
const told = (Object.keys(problemTable) as ProblemCode[]).filter(
  (code) => problemTable[code].admission !== 'silent' && !UNSEEN.has(code),
);

const field = (name: string): string => `metadata.annotations[nginx.ingress.kubernetes.io/${name}]`;
const expectedBy = ({ reasons, warnings }: CorpusCase): readonly ExpectedProblem[] => [...reasons, ...warnings];

/** Cases in which the annotation has a value that somebody uses, or one that means harm. */
function about(name: string, hostile: boolean): readonly CorpusCase[] {
  return corpus.filter((one) => one.annotation === name && one.hostile === hostile);
}

function verdictsOn(cve: string, hostile: boolean): readonly string[] {
  return corpus.filter((one) => one.cves.includes(cve) && one.hostile === hostile).map(({ verdict }) => verdict);
}

describe('the corpus', () => {
  it('has many cases, most of which can be said in the retired version too', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(200);
    expect(corpus.filter((one) => asV1beta1(one) !== undefined).length).toBeGreaterThan(corpus.length / 2);
  });

  it.each([...supported, ...unsupportedAnnotations.keys()])('has values of %s for good and for ill', (name) => {
    expect(about(name, false).length).toBeGreaterThan(0);
    expect(about(name, true).length).toBeGreaterThan(0);
  });

  it.each(supported)('has %s honoured for a good value and denied for a bad one', (name) => {
    const isAboutIt = (problem: ExpectedProblem): boolean => problem.field === field(name);
    const good = about(name, false).filter((one) => !expectedBy(one).some(isAboutIt));
    expect(good.map(({ verdict }) => verdict)).toContain('admitted');
    const bad = about(name, true);
    expect(bad.filter(({ reasons }) => reasons.some(isAboutIt))).not.toEqual([]);
    expect(bad.filter((one) => expectedBy(one).length === 0).map(({ title }) => title)).toEqual([]);
  });

  it.each(CVES)('has %s denied, and something like it without harm admitted', (cve) => {
    expect(verdictsOn(cve, true)).toContain(WITHOUT_EFFECT.has(cve) ? 'admitted' : 'denied');
    expect(verdictsOn(cve, false)).toContain('admitted');
  });

  it('names no other CVE', () => {
    expect(corpus.flatMap(({ cves }) => cves).filter((cve) => !CVES.includes(cve))).toEqual([]);
  });

  it.each(told)('has a case with %s', (code) => {
    const isDenied = problemTable[code].admission === 'deny';
    const where = corpus.flatMap(({ reasons, warnings }) => (isDenied ? reasons : warnings));
    expect(where.map((problem) => problem.code)).toContain(code);
  });

  it('expects no code that is never told', () => {
    const codes = new Set(corpus.flatMap(expectedBy).map(({ code }) => code));
    expect([...codes].filter((code) => !told.includes(code as ProblemCode))).toEqual([]);
  });
});
