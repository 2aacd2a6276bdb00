/**
 * Duty: noticing that the wall clock was set back. nginx reckons in it how long answers of DNS hold, so that after such a
 * step it asks for no endpoints until the clock is where it was, were it for years. Must not know what is done about it.
 */
import type { Clock } from '@gatehouse/pipeline';

/** What is missed until then is little, and a look costs nothing. */
const LOOK_MS = 1000;
/** So long endpoints may be late; to mend that costs more. */
const LEAST_STEP_MS = 5000;

/** Calls `onSetBack` with the size of each step backwards, within a second of it, unless it is a small one. The answer ends the watch. */
export function watchClock(clock: Clock, onSetBack: (byMs: number) => void): () => void {
  const offset = (): number => clock.nowMs() - clock.monotonicMs();
  let before = offset();
  let cancel = (): void => undefined;
  const wait = (): void => {
    cancel = clock.after(LOOK_MS, () => {
      wait();
      const byMs = before - offset();
      before -= byMs;
      if (byMs >= LEAST_STEP_MS) onSetBack(Math.round(byMs));
    });
  };
  wait();
  return () => cancel();
}
