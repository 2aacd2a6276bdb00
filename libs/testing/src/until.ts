/**
 * Duty: waiting in tests for what has no event.
 */
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;
const LIMIT_MS = 15_000;

/** Resolves when the condition holds; throws when it does not within 15 s, so that no test waits for ever. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`This never came true: ${condition.toString()}`);
    await delay(POLL_MS);
  }
}
