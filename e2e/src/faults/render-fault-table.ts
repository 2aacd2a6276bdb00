/**
 * Duty: docs/reliability.md, the table of faults as a page.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultRow } from './fault-row.ts';
import { faultSections } from './fault-table.ts';

/** By fault and by version of nginx: what was seen, in words. `take-measures.ts` writes it. */
export type Measures = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const MEASURES_FILE = join(import.meta.dirname, 'measured.json');

export function renderFaultTable(): string {
  const measures = JSON.parse(readFileSync(MEASURES_FILE, 'utf8')) as Measures;
  return [
    INTRODUCTION,
    ...faultSections.flatMap(({ title, rows }) => [
      `## ${title}\n`,
      '| fault | promise | measured | tests |',
      '| --- | --- | --- | --- |',
      ...rows.map((row: FaultRow) => renderRow(row, measures[row.id])),
      '',
    ]),
    '## What no test has\n',
    ...faultSections.flatMap(({ rows }) =>
      rows.flatMap(({ fault, lacks }: FaultRow) => (lacks === undefined ? [] : [`- ${fault}: ${lacks}.`])),
    ),
    '',
  ].join('\n');
}

function renderRow({ fault, promise, tests }: FaultRow, measured: Measures[string] = {}): string {
  const seen = Object.entries(measured).map(([version, words]) => `nginx ${version}: ${words}`);
  const cells = [fault, promise, seen.join('<br>') || '–', tests.map(nameOf).join('<br>') || '–'];
  return `| ${cells.join(' | ')} |`;
}

/** The title is in the table; a page names the file. */
function nameOf({ file }: FaultRow['tests'][number]): string {
  return `[${file.slice(file.lastIndexOf('/') + 1).replace(/\.spec\.ts$/, '')}](../${file})`;
}

const INTRODUCTION = `# Reliability

What can go wrong, what is promised then, what was measured, and which tests hold the promise. While a fault of the first
three sections lasts, 100 requests a second go over a route that was there before, half of them on connections of their own,
and every answer but the expected one counts as lost. nginx before 1.27.4 closes kept connections when it is reloaded; a
request that was on its way over one is sent once more by the client, as browsers do (RFC 9112, section 9.3.1), and that is said.
Where a change needs a reload, its promise holds while no more than two generations of old workers drain; with more, it waits
([reloads](reloads.md)).

The figures are of the tests, which fail when one falls short, on a machine of two cores that others were busy on. A dash: the
tests hold the promise and print no figure. \`npm run bench -- faults\` does some of them for longer
([benchmarks](benchmarks.md#faults)), and \`npm run soak\` changes everything at once for half an hour, so that nothing grows
([benchmarks](benchmarks.md#soak)).
`;
