/**
 * Duty: what is measured of a fault and what was promised of it: told as a line, kept as a file, and held.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testedCapabilities } from '../harness/bare-nginx.ts';
import type { FaultId } from './fault-table.ts';
import { PER_SECOND, type TrafficResult } from './traffic.ts';

/** A figure of the bench, which prints it as it is. */
export interface FaultFigure {
  readonly name: string;
  readonly unit: 'ms' | 'count' | 'MiB';
  readonly measured: number;
  readonly bar: { readonly atMost: number } | { readonly atLeast: number };
  /** What else was seen. */
  readonly note?: string;
}

/** Where measures are kept, a file for each fault and version of nginx; `take-measures.ts` puts them into the page. */
export const MEASURES = join(import.meta.dirname, '../../../dist/faults');

export interface KeptMeasure {
  readonly fault: string;
  readonly nginxVersion: string;
  readonly figures: readonly FaultFigure[];
}

/** Requests that were lost; none may be unless told otherwise. `over` names what happened. */
export function lostRequests(over: string, traffic: TrafficResult, atMost = 0): FaultFigure {
  const { requests, lost, failures, askedAgain } = traffic;
  const kinds = Object.entries(failures).map(([what, count]) => `, ${count} × ${what}`);
  const again = askedAgain === 0 ? '' : `, ${askedAgain} sent twice by clients`;
  const note = `of ${requests} at ${PER_SECOND} a second${again}${kinds.join('')}`;
  return { name: `requests lost over ${over}`, unit: 'count', measured: lost, bar: { atMost }, note };
}

/** Prints the figures, keeps them for the page, and throws when one falls short. */
export function hold(fault: FaultId, figures: readonly FaultFigure[]): void {
  const nginxVersion = testedCapabilities().version;
  process.stdout.write(`${fault} (nginx ${nginxVersion}): ${figures.map(sentenceOf).join('; ')}\n`);
  keep(`${fault}.${nginxVersion}.json`, { fault, nginxVersion, figures });
  const short = figures.filter((figure) => !holds(figure));
  if (short.length > 0) throw new Error(`falls short: ${short.map(sentenceOf).join('; ')}`);
}

function holds({ measured, bar }: FaultFigure): boolean {
  return 'atMost' in bar ? measured <= bar.atMost : measured >= bar.atLeast;
}

/** "requests lost over 20 route edits: 0 (of 800 at 100 a second)". */
export function wordsOf({ name, unit, measured, note }: FaultFigure): string {
  const value = `${Math.round(measured)}${suffixOf(unit)}`;
  return `${name}: ${value}${note === undefined ? '' : ` (${note})`}`;
}

function sentenceOf(figure: FaultFigure): string {
  const { bar, unit } = figure;
  const promise = 'atMost' in bar ? `at most ${bar.atMost}` : `at least ${bar.atLeast}`;
  return `${wordsOf(figure)}, ${promise}${suffixOf(unit)}`;
}

function suffixOf(unit: FaultFigure['unit']): string {
  return unit === 'count' ? '' : ` ${unit}`;
}

/** Where the sources cannot be written, the printed line is all there is. */
function keep(name: string, content: KeptMeasure): void {
  try {
    mkdirSync(MEASURES, { recursive: true });
    writeFileSync(join(MEASURES, name), `${JSON.stringify(content, undefined, 2)}\n`);
  } catch (error) {
    if (!['EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
