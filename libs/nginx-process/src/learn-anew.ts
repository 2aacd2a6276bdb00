/**
 * Duty: the order in which nginx learns all endpoints anew while it serves, and what is done when a step fails. An upstream
 * loses what it knows under one service only when it was told as much under the other. Must not know how nginx is reloaded.
 */
import type { Logger, Refusal } from '@gatehouse/pipeline';
import type { RelearningStep, RelearningSteps } from './relearning.ts';

/** What came of a reload: whether nginx was told all that it had to learn. */
export type Passed = Refusal | 'told' | 'not told';

/** What nginx learns by a reload. */
export interface ToLearn {
  readonly questions: readonly string[];
  /** So long it may take; `TELLING_MS` when left out. */
  readonly tellingMs?: number;
}

export interface Way {
  /** Has nginx run it, and waits so long until it was told all that it learns. */
  readonly go: (step: RelearningStep, tellingMs: number) => Promise<Passed>;
  /** Throws when nginx has ended, or is to. */
  readonly pause: () => Promise<void>;
  readonly logger: Logger;
}

/** 10,000 names take five seconds. */
export const TELLING_MS = 15_000;
const LONGEST_TELLING_MS = 600_000;

/** Throws when nginx did not learn them anew; it then has the endpoints that it had. */
export async function learnAnew({ both, second, bothAgain, first }: RelearningSteps, way: Way): Promise<void> {
  const inVain = await failureOf(way.go(both, TELLING_MS));
  if (inVain !== undefined) {
    await way.go(first, TELLING_MS);
    throw new Error(inVain);
  }
  const passing = way.go(second, TELLING_MS);
  const failure = await failureOf(passing);
  if (await isRefused(passing)) {
    // nginx has both, still.
    await way.go(first, TELLING_MS);
    throw new Error(failure);
  }
  // From now on nginx may know nothing under the first service. However that last step went, this one is safe.
  for (let tellingMs = TELLING_MS; ; tellingMs = Math.min(2 * tellingMs, LONGEST_TELLING_MS)) {
    const reason = await failureOf(way.go(bothAgain, tellingMs));
    if (reason === undefined) break;
    await way.pause();
    way.logger.error('nginx cannot go back yet to what it ran before it asked for endpoints anew', { reason });
  }
  const atLast = await failureOf(way.go(first, TELLING_MS));
  const reason = failure ?? atLast;
  if (reason !== undefined) throw new Error(reason);
}

async function failureOf(passing: Promise<Passed>): Promise<string | undefined> {
  try {
    const passed = await passing;
    if (passed === 'told') return undefined;
    return passed === 'not told' ? 'it was not told all endpoints in time' : passed.message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function isRefused(passing: Promise<Passed>): Promise<boolean> {
  return passing.then(
    (passed) => typeof passed !== 'string',
    () => false,
  );
}
