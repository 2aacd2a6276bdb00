/**
 * Duty: a source at a fake server, with everything at hand that a test of faults looks at. Must not know how a source is
 * made.
 */
import type { ObjectKey } from '@gatehouse/core';
import type { Snapshot } from '@gatehouse/kube-model';
import type { Clock, ObjectSource } from '@gatehouse/pipeline';
import type { CertificatePair } from './certificate.ts';
import { FakeApiServer, type Ask } from './fake-api-server.ts';
import { expectFresh } from './fresh-snapshot.ts';
import { RecordingLogger } from './recording-logger.ts';
import { secretsOfTls } from './run-source-scenario.ts';
import { SCENARIO_CONFIG_MAP } from './source-scenarios.ts';
import { systemClock } from './system-clock.ts';

/** What a test looks at beside the objects. */
export interface CountingSource extends ObjectSource {
  unsynced(): readonly string[];
  counters(): ReadonlyMap<string, TrialCounters>;
}

interface TrialCounters {
  readonly lists: number;
  readonly events: number;
  readonly bookmarks: number;
  readonly failures: ReadonlyMap<string, number>;
}

/** Everything but the API that a source of a trial is made with. */
export interface TrialOptions {
  readonly logger: RecordingLogger;
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly watchNamespace: string;
  readonly configMaps: readonly ObjectKey[];
  readonly services: readonly ObjectKey[];
  readonly secretsOf: (snapshot: Snapshot) => ReadonlySet<ObjectKey>;
  readonly silenceMs: number;
}

export class SourceTrial {
  readonly fake: FakeApiServer;
  readonly logger = new RecordingLogger();
  /** Every state that the source told of. */
  readonly seen: Snapshot[] = [];
  /** Added to the time that the source sees. */
  skewMs = 0;
  #source: CountingSource | undefined;

  /** Its waits are over twenty times sooner, and its time can be moved on. */
  readonly clock: Clock = {
    monotonicMs: () => systemClock.monotonicMs() + this.skewMs,
    nowMs: () => systemClock.nowMs(),
    after: (delayMs, callback) => systemClock.after(delayMs / 20, callback),
  };

  readonly options: TrialOptions = {
    logger: this.logger,
    clock: this.clock,
    jitter: () => 0.5,
    watchNamespace: '',
    configMaps: [SCENARIO_CONFIG_MAP],
    services: [],
    secretsOf: secretsOfTls,
    silenceMs: 600_000,
  };

  /** With a certificate the server speaks HTTP/2. */
  constructor(pair?: CertificatePair) {
    this.fake = new FakeApiServer(pair);
  }

  get source(): CountingSource {
    if (this.#source === undefined) throw new Error('the trial has no source yet');
    return this.#source;
  }

  set source(source: CountingSource) {
    this.#source = source;
  }

  start(): Promise<void> {
    return this.source.start(() => void this.seen.push(this.source.snapshot()));
  }

  /** Resolves when the source has what the server has. */
  settled(): Promise<void> {
    return expectFresh(this.source, {
      ...this.options,
      list: async (plural) => Promise.resolve(this.fake.list(plural)),
    });
  }

  lists(kind = 'Ingress'): number {
    return this.source.counters().get(kind)?.lists ?? 0;
  }

  failed(kind: string, failure: string): number {
    return this.source.counters().get(kind)?.failures.get(failure) ?? 0;
  }
}

export function isListOf(plural: string): (ask: Ask) => boolean {
  return (ask) => ask.plural === plural && !ask.isWatch && ask.name === '';
}

export function isWatchOf(plural: string): (ask: Ask) => boolean {
  return (ask) => ask.plural === plural && ask.isWatch;
}
