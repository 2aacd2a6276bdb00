/**
 * Duty: --sync-period: all objects are looked at again now and then, though none has changed, since what follows from them
 * can change with time alone, as a certificate expires.
 */
import type { Clock, ObjectSource } from '@gatehouse/pipeline';

/** `source`, which also tells of a change whenever a period has passed. */
export function lookingAgain(source: ObjectSource, periodMs: number, clock: Clock): ObjectSource {
  let cancel = (): void => undefined;
  let isStopped = false;
  return {
    async start(onChange) {
      await source.start(onChange);
      const wait = (): void => {
        cancel = clock.after(periodMs, () => {
          wait();
          onChange();
        });
      };
      if (!isStopped) wait();
    },
    snapshot: () => source.snapshot(),
    stop() {
      isStopped = true;
      cancel();
      return source.stop();
    },
  };
}
