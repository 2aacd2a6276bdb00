/**
 * Duty: how far apart reloads are, by how many generations of old workers still drain: they cost memory until their last
 * connection ends, and none of them is ever ended for that. Pure.
 */

/** When nginx was reloaded last, and how long its old workers may live since then; 0: without a limit. */
export interface LastReload {
  readonly atMs: number;
  readonly drainsForMs: number;
  /** So many in a row ended in a fault, this one among them; they may have left old workers all the same. */
  readonly faults: number;
}

/** How many old generations may drain when nginx is reloaded. */
export interface ReloadLimit {
  readonly usual: number;
  /** For endpoints that nginx knows by its configuration alone: requests are lost that go to those that are gone. */
  readonly forEndpoints: number;
}

/** A reload that has to wait. */
export interface ReloadWait {
  /** Old ones that drain, and that which nginx would make on its way. */
  readonly generations: number;
  readonly isForEndpoints: boolean;
}

/** There are no more old generations than four, of which a reload makes one. */
const MOST_BEFORE_A_RELOAD = 3;
/** With one old generation a reload comes so long after the one before, … */
const FIRST_PAUSE_MS = 250;
/** … and so many times as long with each further one, so that the last places stay free for a while. */
const GROWTH = 4;
/** Nobody waits longer, however long old workers may live. */
export const LONGEST_WAIT_MS = 600_000;
/**
 * Endpoints wait no longer: to lose requests is worse than to need memory. Where reloads end in faults, another one is no
 * help to them: the wait doubles with each after the first, so that memory has a bound.
 */
export const LONGEST_WAIT_OF_ENDPOINTS_MS = 10_000;

/** Whether so many old generations leave no place for another. */
export function isCapReached(generations: number): boolean {
  return generations > MOST_BEFORE_A_RELOAD;
}

/** Without a reload before, whatever drains is not ours to wait for. */
export function reloadLimitAt(atMs: number, lastReload: LastReload | undefined): ReloadLimit {
  if (lastReload === undefined) return { usual: Infinity, forEndpoints: Infinity };
  let most = 0;
  while (!isCapReached(most + 1) && atMs >= lastReload.atMs + pauseMs(most + 1)) most += 1;
  const limitFor = (longestMs: number) => (atMs >= endOfWaitMs(lastReload, longestMs) ? Infinity : most);
  return { usual: limitFor(LONGEST_WAIT_MS), forEndpoints: limitFor(longestOfEndpointsMs(lastReload)) };
}

/** When nginx may be reloaded, if as many old generations drain then. */
export function reloadAllowedAtMs(
  { generations, isForEndpoints }: ReloadWait,
  lastReload: LastReload | undefined,
): number {
  if (lastReload === undefined) return -Infinity;
  const spacedMs = isCapReached(generations) ? Infinity : lastReload.atMs + pauseMs(generations);
  const longestMs = isForEndpoints ? longestOfEndpointsMs(lastReload) : LONGEST_WAIT_MS;
  return Math.min(spacedMs, endOfWaitMs(lastReload, longestMs));
}

/** Where nginx itself ends old workers after a time, none of them is left then. */
function endOfWaitMs({ atMs, drainsForMs }: LastReload, longestMs: number): number {
  return atMs + (drainsForMs === 0 ? longestMs : Math.min(longestMs, drainsForMs));
}

function longestOfEndpointsMs({ faults }: LastReload): number {
  return Math.min(LONGEST_WAIT_MS, LONGEST_WAIT_OF_ENDPOINTS_MS * 2 ** Math.max(0, faults - 1));
}

function pauseMs(generations: number): number {
  return generations === 0 ? 0 : FIRST_PAUSE_MS * GROWTH ** (generations - 1);
}
