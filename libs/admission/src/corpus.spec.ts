/**
 * Duty: the corpus, case by case, through the reviewer as the API server asks it.
 */
import type { Problem } from '@gatehouse/core';
import {
  asV1beta1,
  readCorpus,
  reviewOf,
  routingOptionsOf,
  snapshotOfJson,
  type CorpusCase,
  type ExpectedProblem,
} from '@gatehouse/testing/corpus';
import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { AdmissionIndex } from './admission-index.ts';
import { parseReview } from './parse-review.ts';
import { renderAnswer } from './render-answer.ts';
import { createReviewer } from './reviewer.ts';

const NOW_MS = Date.UTC(2026, 10, 26);
const corpus = readCorpus(join(import.meta.dirname, '../corpus'));

interface Judged {
  readonly allowed: boolean;
  readonly denials: readonly Problem[];
  readonly warnings: readonly Problem[];
}

function judge(one: CorpusCase): Judged {
  const options = routingOptionsOf(one);
  const request = parseReview(JSON.parse(JSON.stringify(reviewOf(one))));
  if (!request.ok) throw new Error(request.error);
  const stored = one.before === undefined ? one.world : [...one.world, one.before];
  const index = AdmissionIndex.of(snapshotOfJson(stored), options);
  const reviewed = createReviewer(options).review(request.value, { index, nowMs: NOW_MS });
  if (!reviewed.ok) throw new Error(reviewed.error);
  const { allowed } = renderAnswer(request.value.uid, reviewed.value).response;
  return { allowed, ...reviewed.value };
}

/** Sorted lines, so that a difference shows what is missing and what is too much. */
function lines(problems: readonly { readonly code: string; readonly field: string }[]): readonly string[] {
  return problems.map(({ code, field }) => `${code} ${field}`).sort();
}

function expectSame(found: readonly Problem[], wanted: readonly ExpectedProblem[]): void {
  expect(found.map(({ message }) => message).join('\n')).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(lines(found)).toEqual(lines(wanted));
  for (const { code, field, says } of wanted) {
    const messages = found.filter((one) => one.code === code && one.field === field).map(({ message }) => message);
    for (const part of says) expect(messages.join('\n')).toContain(part);
  }
}

function expectVerdict(one: CorpusCase, judged: Judged): void {
  expectSame(judged.denials, one.reasons);
  expectSame(judged.warnings, one.warnings);
  expect(judged.allowed).toBe(one.verdict === 'admitted');
}

const areas = Map.groupBy(corpus, ({ file }) => file.replace('.yaml', ''));

describe.each([...areas])('%s', (_, cases) => {
  it.each(cases)('$verdict: $title', (one) => {
    expectVerdict(one, judge(one));
    const former = asV1beta1(one);
    if (former !== undefined) expectVerdict(former, judge(former));
  });
});
