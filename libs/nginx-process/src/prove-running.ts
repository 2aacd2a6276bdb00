/**
 * Duty: waiting until an nginx that was started or reloaded proves what it runs, or says why it does not.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Refusal } from '@gatehouse/pipeline';
import { readRefusal } from './error-log.ts';
import type { NginxChild } from './nginx-child.ts';
import { askDigest } from './proof.ts';
import type { RuntimeLayout } from './runtime-layout.ts';

/** What has to run. */
export interface Target {
  readonly digest: string;
  /** Size of the configuration: a long one takes nginx longer. */
  readonly bytes: number;
}

interface Waiting {
  /** What nginx was told to do, for words. */
  readonly order: 'reload' | 'start';
  readonly layout: RuntimeLayout;
  readonly signal: AbortSignal;
  /** Called while there is no proof yet. */
  readonly meanwhile?: (() => Promise<void>) | undefined;
}

const LONGEST_PROOF_MS = 10_000;
const PROOF_MS_PER_MEGABYTE = 2_000;
const ASK_TIMEOUT_MS = 1_000;
const FIRST_POLL_MS = 1;
const LONGEST_POLL_MS = 50;
const POLL_GROWTH = 1.5;

/** Undefined when it runs. Throws when it ended, cannot run it for a reason of the machine, or takes too long. */
export async function proveRunning(
  child: NginxChild,
  target: Target,
  { order, layout, signal, meanwhile }: Waiting,
): Promise<Refusal | undefined> {
  const limitMs = LONGEST_PROOF_MS + (PROOF_MS_PER_MEGABYTE * target.bytes) / 1e6;
  const deadlineMs = performance.now() + limitMs;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(LONGEST_POLL_MS, pauseMs * POLL_GROWTH)) {
    if (child.ending !== undefined) throw new Error(`nginx ended: ${[child.ending, ...child.emergencies].join('; ')}`);
    if ((await askDigest(layout.proofSocket, ASK_TIMEOUT_MS)) === target.digest) return undefined;
    const refusal = findRefusal(child, { order, layout });
    if (refusal !== undefined) return refusal;
    if (performance.now() > deadlineMs) {
      throw new Error(`nginx did not run ${target.digest} within ${Math.round(limitMs)} ms`);
    }
    await meanwhile?.();
    await delay(pauseMs, undefined, { signal });
  }
}

/** What the master said when it gave up. It tries to bind a socket several times, so that alone is not the end. */
function findRefusal(
  { emergencies }: NginxChild,
  { order, layout }: Pick<Waiting, 'layout' | 'order'>,
): Refusal | undefined {
  const [first] = emergencies;
  if (first === undefined || emergencies.every((text) => text.startsWith('bind() to '))) return undefined;
  const refusal = readRefusal(first, layout.runningConfig);
  if (refusal.kind === 'fault') throw new Error(`nginx could not ${order}: ${first}`);
  return refusal;
}
