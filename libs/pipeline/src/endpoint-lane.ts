/**
 * Duty: endpoints that reach nginx beside the rounds, as soon as they change: while a round is under way or rests, and without
 * looking at anything else. What a round finds is told here as well, so that it never takes back what is newer.
 */
import type { ObjectKey } from '@gatehouse/core';
import { changedKeys, type Snapshot } from '@gatehouse/kube-model';
import type { Bundle } from '@gatehouse/nginx';
import type { Backend } from '@gatehouse/routing';
import type { Clock, Logger, NginxProcess } from './ports.ts';

type Slices = Snapshot['endpointSlices'];

export interface EndpointLaneOptions {
  readonly nginx: Pick<NginxProcess, 'setEndpoints'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly snapshot: () => Snapshot;
  /** As Resolver has it. Pure. */
  readonly relink: (backend: Backend, snapshot: Snapshot) => Backend | undefined;
}

/** Looking takes no more than about a tenth of the time, however often something changes. */
const REST_FOR_EACH_LOOK = 9;

export class EndpointLane {
  readonly #options: EndpointLaneOptions;
  /** What was told last, … */
  #told: Told | undefined;
  /** … and what nginx runs: another one, while that waits for its reload, or was refused. */
  #running: Told | undefined;
  /** Those that nginx was last told the endpoints of. */
  #slices: Slices = new Map();
  #restsUntilMs = -Infinity;
  #cancelTimer: (() => void) | undefined;

  constructor(options: EndpointLaneOptions) {
    this.#options = options;
  }

  /** Tells what a round made of `snapshot`, but for what has changed since. Throws when nobody can be told. */
  async tell(
    { bundle, snapshot }: { readonly bundle: Bundle; readonly snapshot: Snapshot },
    telling: 'all' | 'changes',
  ): Promise<void> {
    const ofRunning = this.#news(this.#running);
    this.#told = this.#told?.digest === bundle.digest ? this.#told : toldBy(bundle);
    this.#slices = snapshot.endpointSlices;
    const news = this.#news(this.#told, this.#running);
    const isNewest = news.size === 0 && ofRunning.size === 0;
    const newest = isNewest ? bundle.told : new Map([...ofRunning, ...bundle.told, ...news]);
    await this.#options.nginx.setEndpoints(newest, telling);
  }

  /** nginx runs what was told last. */
  noteRunning(): void {
    this.#running = this.#told;
  }

  /** Whether nginx has endpoints that it is told of here. */
  get isTelling(): boolean {
    return [this.#told, this.#running].some((told) => told !== undefined && told.byService.size > 0);
  }

  /** Something has changed, perhaps endpoints. */
  look(): void {
    const { clock } = this.#options;
    if (!this.isTelling || this.#cancelTimer !== undefined) return;
    const waitMs = this.#restsUntilMs - clock.monotonicMs();
    if (waitMs <= 0) this.#lookNow();
    else {
      this.#cancelTimer = clock.after(waitMs, () => {
        this.#cancelTimer = undefined;
        this.#lookNow();
      });
    }
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#told = undefined;
    this.#running = undefined;
  }

  #lookNow(): void {
    const { clock, nginx, logger } = this.#options;
    const startedMs = clock.monotonicMs();
    const news = this.#news(this.#told, this.#running);
    if (news.size > 0) {
      nginx.setEndpoints(news, 'changes').catch((error: unknown) => {
        // The round that follows a change tells everything, and says what is wrong.
        logger.debug('Endpoints could not be told at once', { error });
      });
    }
    const endedMs = clock.monotonicMs();
    this.#restsUntilMs = endedMs + REST_FOR_EACH_LOOK * (endedMs - startedMs);
  }

  /** Upstreams whose Service has other slices than nginx was told. */
  #news(...all: readonly (Told | undefined)[]): ReadonlyMap<string, Backend> {
    const snapshot = this.#options.snapshot();
    const news = new Map<string, Backend>();
    for (const service of changedKeys(this.#slices, snapshot.endpointSlices)) {
      for (const [name, backend] of all.flatMap((told) => told?.byService.get(service) ?? [])) {
        // Where the Service or port has gone, its addresses may be somebody else's before a round has looked.
        news.set(name, this.#options.relink(backend, snapshot) ?? { ...backend, endpoints: [] });
      }
    }
    this.#slices = snapshot.endpointSlices;
    return news;
  }
}

/** Upstreams by the Service that they lead to. */
interface Told {
  readonly digest: string;
  readonly byService: ReadonlyMap<ObjectKey, readonly (readonly [name: string, backend: Backend])[]>;
}

function toldBy({ digest, told }: Bundle): Told {
  return { digest, byService: Map.groupBy(told, ([, { service }]) => service) };
}
