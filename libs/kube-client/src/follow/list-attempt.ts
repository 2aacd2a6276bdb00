/**
 * Duty: following everything in a scope: a whole list, page by page, then a watch from its version.
 */
import { at, itemsAt, textAt } from '../json.ts';
import { compareVersions } from './compare-versions.ts';
import { DoubtfulError, GarbledError } from './failure-of.ts';
import type { FollowCounters, FollowPorts } from './follow-ports.ts';
import type { Attempt } from './follower.ts';
import type { FollowState } from './next-attempt.ts';
import type { Replica } from './replica.ts';
import { labelOf, openWatch, type ObjectEvent, type Watched } from './watch.ts';

export interface ListFollowOptions {
  readonly ports: FollowPorts;
  readonly counters: FollowCounters;
  readonly watched: Watched;
  readonly replica: Replica;
  /** Called after every change of the store. */
  readonly onChange: () => void;
  /** Called after every whole list. */
  readonly onList: () => void;
}

export function listAttempt(options: ListFollowOptions): Attempt {
  const { ports, counters, watched, replica, onChange, onList } = options;
  return async (state, notes, signal) => {
    if (state.version === '') {
      notes.version = await list(options, state, signal);
      onList();
    }
    const watch = await openWatch(watched, { ports, counters, version: notes.version, signal });
    notes.openedAtMs = ports.clock.monotonicMs();
    notes.works();
    await watch.read((event) => {
      if (take(replica, event, notes.version)) onChange();
      notes.version = event.version;
    });
  };
}

/** Whether the event changed anything. Throws when it comes out of order. */
function take(replica: Replica, event: ObjectEvent, last: string): boolean {
  const isOld = (compareVersions(event.version, last) ?? 0) < 0;
  if (event.kind === 'bookmark') {
    if (isOld) throw new GarbledError('a bookmark came out of order');
    return false;
  }
  // An event that was seen before does no harm; any other old one says that some may have been lost.
  if (isOld && !(event.kind === 'stands' && replica.knows(event.object))) {
    throw new GarbledError('an event came out of order');
  }
  const taken = event.kind === 'stands' ? replica.stands(event.object) : replica.gone(event.object);
  if (taken === 'disordered') throw new GarbledError('an event came out of order');
  return taken === 'changed';
}

/** Reads all pages and takes them as the whole state. Answers its version. */
async function list(options: ListFollowOptions, state: FollowState, signal: AbortSignal): Promise<string> {
  const { ports, counters, watched, replica, onChange } = options;
  counters.lists++;
  const underWay = replica.beginList();
  let version: string;
  let next = '';
  do {
    const page = await ports.api.send({
      path: watched.path,
      query: { ...watched.query, limit: String(state.pageSize), ...(next === '' ? {} : { continue: next }) },
      signal,
    });
    checkPage(page, watched);
    for (const item of itemsAt(page, 'items')) underWay.add(item);
    version = textAt(page, 'metadata', 'resourceVersion');
    next = textAt(page, 'metadata', 'continue');
  } while (next !== '' && !signal.aborted);
  signal.throwIfAborted();
  if (underWay.size === 0 && replica.size > 0) doubt(options, state);
  if (underWay.end() === 'changed') onChange();
  return version;
}

/** Throws unless a list before this one was empty, too: nothing is worth more doubt than that nothing is left to serve. */
function doubt({ ports, watched, replica }: ListFollowOptions, { believesEmpty }: FollowState): void {
  const objects = labelOf(watched);
  if (believesEmpty) {
    ports.logger.error('All objects are gone, as a second list says, too', { objects, gone: replica.size });
    return;
  }
  const message = 'A list is empty where objects were; they stay unless a second list says so, too';
  ports.logger.error(message, { objects, known: replica.size });
  throw new DoubtfulError('the list is empty');
}

function checkPage(page: unknown, { kind: { kind, apiVersion }, path }: Watched): void {
  const isList = textAt(page, 'kind') === `${kind}List` && textAt(page, 'apiVersion') === apiVersion;
  if (!isList) throw new GarbledError(`the answer of ${path} is no ${kind}List of ${apiVersion}`);
  const items = at(page, 'items');
  const isWhole = Array.isArray(items) && textAt(page, 'metadata', 'resourceVersion') !== '';
  if (!isWhole) throw new GarbledError(`the list of ${path} lacks its items or its version`);
  const hasName = (item: unknown): boolean => textAt(item, 'metadata', 'name') !== '';
  if (!items.every(hasName)) throw new GarbledError(`the list of ${path} holds what has no name`);
}
