/**
 * Duty: telling when one object, known by its name, may have changed. What it looks like now is for others to ask. Needs
 * `watch` on that name.
 */
import { apiPath, type ApiPlace } from '../api-path.ts';
import { newCounters, type FollowPorts } from './follow-ports.ts';
import { Follower } from './follower.ts';
import { openWatch } from './watch.ts';
import type { ServedKind } from './watched-kind.ts';

export interface FollowObjectOptions {
  readonly ports: FollowPorts;
  readonly kind: ServedKind;
  readonly place: ApiPlace & { readonly name: string };
  /** Called when a watch was opened, and for whatever it tells. */
  readonly onNews: () => void;
}

/** Must be started. What breaks off is begun afresh for ever, until it is stopped. */
export function followObject({ ports, kind, place, onNews }: FollowObjectOptions): Follower {
  const { name, ...around } = place;
  const counters = newCounters();
  const path = apiPath(kind.resource, around);
  return new Follower({
    ports,
    counters,
    label: `${kind.kind} ${name}`,
    async attempt(_state, notes, signal) {
      const watched = { kind, path, query: { fieldSelector: `metadata.name=${name}` } };
      const watch = await openWatch(watched, { ports, counters, signal });
      notes.openedAtMs = ports.clock.monotonicMs();
      notes.works();
      onNews();
      await watch.read(({ kind: what }) => {
        if (what !== 'bookmark') onNews();
      });
    },
  });
}
