/**
 * Duty: puts what the tests of faults measured (dist/faults) into measured.json, which docs/reliability.md is made of:
 * `node e2e/src/faults/take-measures.ts && node tools/docs/generate.ts`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { MEASURES, wordsOf, type KeptMeasure } from './fault-figure.ts';
import { MEASURES_FILE, type Measures } from './render-fault-table.ts';

const measures: Record<string, Record<string, string>> = JSON.parse(readFileSync(MEASURES_FILE, 'utf8')) as Measures;
for (const name of readdirSync(MEASURES)) {
  const { fault, nginxVersion, figures } = JSON.parse(readFileSync(join(MEASURES, name), 'utf8')) as KeptMeasure;
  measures[fault] = { ...measures[fault], [nginxVersion]: figures.map(wordsOf).join('; ') };
}
const sorted = Object.fromEntries(
  Object.entries(measures)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([fault, seen]) => [fault, Object.fromEntries(Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1)))]),
);
writeFileSync(MEASURES_FILE, await format(JSON.stringify(sorted), { filepath: MEASURES_FILE }));
