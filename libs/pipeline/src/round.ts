/**
 * Duty: one round: from a snapshot to an nginx that runs what follows from it, leaving out the Ingresses that nginx
 * refuses. Must not know when rounds happen, nor who is told about them.
 */
import type { Settings } from '@gatehouse/annotations';
import { compareProblems, quoteFound, type Problem } from '@gatehouse/core';
import type { Ingress, Snapshot } from '@gatehouse/kube-model';
import type { Bundle, ReloadCause } from '@gatehouse/nginx';
import type { Model, Resolution } from '@gatehouse/routing';
import type { ApplyResult, Clock, NginxProcess, Refusal, UnusableCertificate } from './ports.ts';
import {
  applyQuarantine,
  quarantineProblems,
  releaseChanged,
  type AcceptedIngresses,
  type Quarantine,
} from './quarantine.ts';
import { quarantineCulprits } from './quarantine-culprits.ts';
import type { ReloadLimit, ReloadWait } from './reload-spacing.ts';

/** What the loop needs of a resolve. */
type Resolved = Omit<Resolution, 'policy'>;

export interface RoundPorts {
  readonly nginx: NginxProcess;
  /** What is wrong in every round, whatever the objects are; left out: nothing. */
  readonly lastingProblems?: readonly Problem[];
  readonly clock: Clock;
  /** Pure; `nowMs` is wall time, for certificates. */
  readonly resolve: (snapshot: Snapshot, nowMs: number) => Resolved;
  /** Pure. `runningDigest`: of what is known to run. */
  readonly render: (model: Model, runningDigest: string | undefined) => Bundle;
  /** As NginxProcess.setEndpoints, for a bundle that was made of a snapshot. */
  readonly tellEndpoints: (
    made: { readonly bundle: Bundle; readonly snapshot: Snapshot },
    telling: 'all' | 'changes',
  ) => Promise<void>;
  /** nginx is about to be told to reload; the workers that this makes old may live so long. 0: without a limit. */
  readonly noteReload: (drainsForMs: number) => void;
}

/** What one round hands to the next. */
export interface RoundMemory {
  readonly quarantine: Quarantine;
  readonly accepted: AcceptedIngresses;
  /** Those that nginx last accepted; undefined before the first time. */
  readonly acceptedSettings?: Settings;
  /** What is known to run; undefined when that is not known. */
  readonly runningDigest?: string;
  /** Of the certificates that are served with it. */
  readonly linksDigest?: string;
  /** Among those. */
  readonly unusableCertificates?: readonly UnusableCertificate[];
}

export const emptyRoundMemory: RoundMemory = { quarantine: new Map(), accepted: new Map() };

/** What a round led to, for all who want to know. */
export interface Round {
  /**
   * `renewed`: nothing but certificates was new, and nginx was not reloaded. `refused`: nothing could be left out so that
   * nginx accepts the rest; the last good configuration stays. `postponed`: so does it for now, since too many old workers
   * drain for a reload; endpoints and certificates that need none are the newest.
   */
  readonly outcome: 'applied' | 'postponed' | 'refused' | 'renewed' | 'unchanged';
  /** What it began with. */
  readonly snapshot: Snapshot;
  readonly resolution: Resolved;
  /** Sorted; those of resolve, of render and of the quarantine. */
  readonly problems: readonly Problem[];
  /** The Ingresses that are served, as their authors wrote them, even when an older form stands in. */
  readonly served: readonly Ingress[];
  /** Those and the ones that are left out because nginx refuses them. */
  readonly ingresses: readonly Ingress[];
  readonly quarantine: Quarantine;
  /** What was rendered last; it runs unless the outcome is `refused` or `postponed`. */
  readonly digest: string;
  /** Why nginx was reloaded; none when it was not. */
  readonly reloadCauses: readonly ReloadCause[];
  /** How often nginx refused a configuration, in its test or at the reload. */
  readonly refusals: number;
  /** What the reload waits for; only when the outcome is `postponed`. */
  readonly waits?: ReloadWait;
  readonly durations: RoundDurations;
  /** Monotonic time at which all of it was proven to run; only when the outcome is `applied` or `renewed`. */
  readonly appliedAtMs?: number;
  /** Why nginx refused; only when the outcome is `refused`. */
  readonly refusal?: Refusal;
}

/** Milliseconds for each stage, all attempts together. */
export interface RoundDurations {
  readonly resolveMs: number;
  readonly renderMs: number;
  readonly applyMs: number;
}

/** So many times an Ingress is left out and the rest is tried again, before the round is given up. */
const MOST_ATTEMPTS = 32;

/** A TCP or UDP port stands for its endpoints where those are in the configuration. */
const HAVE_ENDPOINTS: readonly ReloadCause[] = ['endpoints', 'streams'];

/** What a round begins with. */
export interface RoundTask {
  readonly snapshot: Snapshot;
  /** With more old generations of workers than these, nginx is not reloaded. */
  readonly reloadLimit: ReloadLimit;
}

/** Throws on faults of the machine, and then leaves `memory` valid but for the running digest. */
export async function runRound(
  ports: RoundPorts,
  memory: RoundMemory,
  { snapshot, reloadLimit }: RoundTask,
): Promise<{ readonly round: Round; readonly memory: RoundMemory }> {
  const attempts = new Attempts(ports, memory, { snapshot, reloadLimit });
  let quarantine = releaseChanged(memory.quarantine, snapshot);
  for (let count = 1; ; count += 1) {
    const attempt = attempts.form(applyQuarantine(snapshot, quarantine));
    const result = await attempts.apply(attempt);
    if (result.kind !== 'refused') {
      const { kind: outcome, unusableCertificates = [], ...facts } = result;
      return attempts.conclude(attempt, { quarantine, outcome, unusableCertificates, ...facts });
    }
    const larger = count < MOST_ATTEMPTS ? await attempts.leaveOut(attempt, result, quarantine) : undefined;
    if (larger === undefined) {
      const { unusableCertificates = [] } = memory;
      return attempts.conclude(attempt, { quarantine, outcome: 'refused', refusal: result, unusableCertificates });
    }
    quarantine = larger;
  }
}

/** A snapshot with what follows from it. */
interface Attempt {
  readonly snapshot: Snapshot;
  readonly resolution: Resolved;
  readonly bundle: Bundle;
}

interface Conclusion {
  readonly outcome: Round['outcome'];
  readonly quarantine: Quarantine;
  readonly unusableCertificates: readonly UnusableCertificate[];
  /** Only when nginx was reloaded. */
  readonly reloadMs?: number;
  readonly draining?: number;
  readonly refusal?: Refusal;
}

/** What came of a bundle. */
type Applied =
  ApplyResult | { readonly kind: 'unchanged'; readonly unusableCertificates: readonly UnusableCertificate[] };

/** The attempts of one round. */
class Attempts {
  readonly #ports: RoundPorts;
  readonly #memory: RoundMemory;
  readonly #snapshot: Snapshot;
  readonly #reloadLimit: ReloadLimit;
  #resolveMs = 0;
  #renderMs = 0;
  #applyMs = 0;
  #refusals = 0;

  constructor(ports: RoundPorts, memory: RoundMemory, { snapshot, reloadLimit }: RoundTask) {
    this.#ports = ports;
    this.#memory = memory;
    this.#snapshot = snapshot;
    this.#reloadLimit = reloadLimit;
  }

  form(snapshot: Snapshot): Attempt {
    const { clock, resolve, render } = this.#ports;
    const startedMs = clock.monotonicMs();
    const resolution = resolve(snapshot, clock.nowMs());
    const resolvedMs = clock.monotonicMs();
    const bundle = render(resolution.model, this.#memory.runningDigest);
    this.#resolveMs += resolvedMs - startedMs;
    this.#renderMs += clock.monotonicMs() - resolvedMs;
    return { snapshot, resolution, bundle };
  }

  async apply({ bundle, snapshot, resolution }: Attempt): Promise<Applied> {
    const { runningDigest, linksDigest, unusableCertificates = [] } = this.#memory;
    const { nginx } = this.#ports;
    // Before the configuration, so that whoever starts with it is told at once.
    const telling = runningDigest === undefined ? 'all' : 'changes';
    await this.#timed(() => this.#ports.tellEndpoints({ bundle, snapshot }, telling));
    if (bundle.digest === runningDigest && bundle.linksDigest === linksDigest) {
      return { kind: 'unchanged', unusableCertificates };
    }
    const onReload = () => this.#ports.noteReload(this.#drainsForMs(resolution.model.settings));
    const result = await this.#timed(() => nginx.apply(bundle, this.#mostDraining(bundle), onReload));
    if (result.kind === 'refused') this.#refusals += 1;
    return result;
  }

  /** The quarantine with those that are to blame for the refusal; undefined when nobody can be blamed. */
  leaveOut(attempt: Attempt, refusal: Refusal, quarantine: Quarantine): Promise<Quarantine | undefined> {
    const { snapshot, bundle, resolution } = attempt;
    return quarantineCulprits(
      { snapshot, bundle, settings: resolution.model.settings, refusal },
      { ...this.#memory, quarantine, snapshot: this.#snapshot, test: (other) => this.#test(other) },
    );
  }

  conclude(attempt: Attempt, conclusion: Conclusion): { readonly round: Round; readonly memory: RoundMemory } {
    const { resolution, bundle } = attempt;
    const { outcome, quarantine, refusal, draining, unusableCertificates } = conclusion;
    const problems = [
      ...[...resolution.problems, ...bundle.problems, ...(this.#ports.lastingProblems ?? [])],
      ...[...quarantineProblems(quarantine), ...unusableCertificates.map(certificateProblem)],
    ];
    const { ingresses: written } = this.#snapshot;
    const served =
      quarantine.size === 0
        ? resolution.served
        : resolution.served.map((ingress) => written.get(ingress.key) ?? ingress);
    const leftOut = [...quarantine.values()].filter((entry) => entry.replacement === undefined);
    const round: Round = {
      outcome,
      snapshot: this.#snapshot,
      resolution,
      problems: problems.sort(compareProblems),
      served,
      ingresses: [...served, ...leftOut.map((entry) => entry.refused)],
      quarantine,
      digest: bundle.digest,
      reloadCauses: conclusion.reloadMs === undefined ? [] : this.#causesOf(bundle),
      refusals: this.#refusals,
      durations: { resolveMs: this.#resolveMs, renderMs: this.#renderMs, applyMs: this.#applyMs },
      ...(outcome === 'applied' || outcome === 'renewed' ? { appliedAtMs: this.#ports.clock.monotonicMs() } : {}),
      ...(draining === undefined ? {} : { waits: this.#waitFor(bundle, draining) }),
      ...(refusal === undefined ? {} : { refusal }),
    };
    if (outcome === 'refused') return { round, memory: this.#memory };
    if (outcome === 'postponed') {
      // Its certificates may be served already, so that those of what runs are to be looked at.
      const { linksDigest: _renewed, ...rest } = this.#memory;
      return { round, memory: { ...rest, unusableCertificates } };
    }
    const accepted = attempt.snapshot.ingresses;
    const acceptedSettings = resolution.model.settings;
    const running = { runningDigest: bundle.digest, linksDigest: bundle.linksDigest, unusableCertificates };
    return { round, memory: { quarantine, accepted, acceptedSettings, ...running } };
  }

  /** How many old generations there may be when nginx is reloaded for a bundle. */
  #mostDraining(bundle: Bundle): number {
    const { generations: own, isForEndpoints } = this.#waitFor(bundle, 0);
    return (isForEndpoints ? this.#reloadLimit.forEndpoints : this.#reloadLimit.usual) - own;
  }

  /** Old workers go by what they began with. Which settings those were is not certain after a fault. */
  #drainsForMs({ workerShutdownTimeoutMs: now }: Settings): number {
    const { workerShutdownTimeoutMs: before = now } = this.#memory.acceptedSettings ?? {};
    return now === 0 || before === 0 ? 0 : Math.max(now, before);
  }

  /** On its way to new endpoints nginx makes a generation of its own, which needs room as well. */
  #waitFor({ bridge, reloadCauses }: Bundle, draining: number): ReloadWait {
    // Where it is not certain what runs, nobody knows whether other endpoints are among what differs.
    const isUncertain = this.#memory.runningDigest === undefined || reloadCauses.length === 0;
    return {
      generations: bridge === undefined ? draining : draining + 1,
      isForEndpoints: isUncertain || reloadCauses.some((cause) => HAVE_ENDPOINTS.includes(cause)),
    };
  }

  #causesOf({ reloadCauses }: Bundle): readonly ReloadCause[] {
    const { runningDigest, acceptedSettings } = this.#memory;
    if (runningDigest !== undefined) return reloadCauses;
    return [acceptedSettings === undefined ? 'start' : 'recovery'];
  }

  /** Why nginx refuses what follows from a snapshot; undefined when it does not. */
  async #test(snapshot: Snapshot): Promise<string | undefined> {
    const { bundle } = this.form(snapshot);
    const result = await this.#timed(() => this.#ports.nginx.test(bundle));
    return result.kind === 'refused' ? result.message : undefined;
  }

  async #timed<T>(work: () => Promise<T>): Promise<T> {
    const { clock } = this.#ports;
    const startedMs = clock.monotonicMs();
    try {
      return await work();
    } finally {
      this.#applyMs += clock.monotonicMs() - startedMs;
    }
  }
}

function certificateProblem({ secret, standsIn }: UnusableCertificate): Problem {
  const [namespace = '', name = ''] = secret.split('/');
  const effect =
    standsIn === 'the self-signed one' ? 'the self-signed one is served' : 'the one that was served before stays';
  const message = `nginx cannot use the certificate of Secret ${quoteFound(secret)}; ${effect}`;
  return { code: 'CertificateInvalid', object: { kind: 'Secret', namespace, name }, field: '', message };
}
