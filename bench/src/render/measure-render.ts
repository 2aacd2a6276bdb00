/**
 * Duty: the figures of rendering: objects to text, and a saved file to the new answer.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median, spread, type Measured } from '../figure.ts';
import { measureSaveToAnswer } from './save-to-answer.ts';

const PROCESSES = 5;

interface TimedOnce {
  readonly coldMs: number;
  readonly changedMs: readonly number[];
}

export async function* measureRender(): AsyncIterable<Measured> {
  const thousand = await timeProcesses(1000);
  const tenThousand = await timeProcesses(10_000);
  yield* objectsToText('1,000 Ingresses', thousand, { coldMs: 300, changedMs: 15 });
  yield* objectsToText('10,000 Ingresses', tenThousand, { coldMs: 3000, changedMs: 60 });
  yield {
    name: 'objects → text, cold: 10,000 against 1,000 Ingresses, for each Ingress',
    unit: 'ratio',
    measured: median(tenThousand.map(({ coldMs }) => coldMs)) / median(thousand.map(({ coldMs }) => coldMs)) / 10,
    bar: { atMost: 1 },
  };
  yield* measureSaveToAnswer();
}

async function timeProcesses(count: number): Promise<readonly TimedOnce[]> {
  const script = join(import.meta.dirname, 'time-once.ts');
  const runs: TimedOnce[] = [];
  for (let run = 0; run < PROCESSES; run += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, [script, String(count)]);
    runs.push(JSON.parse(stdout) as TimedOnce);
  }
  return runs;
}

function* objectsToText(
  size: string,
  runs: readonly TimedOnce[],
  bars: { readonly coldMs: number; readonly changedMs: number },
): Iterable<Measured> {
  const cold = runs.map(({ coldMs }) => coldMs);
  const changed = runs.flatMap(({ changedMs }) => changedMs);
  yield {
    name: `objects → text, ${size} with two paths, cold`,
    unit: 'ms',
    measured: median(cold),
    bar: { atMost: bars.coldMs },
    note: spread(cold),
  };
  yield {
    name: `objects → text, ${size}, one changed`,
    unit: 'ms',
    measured: median(changed),
    bar: { atMost: bars.changedMs },
    note: spread(changed),
  };
}
