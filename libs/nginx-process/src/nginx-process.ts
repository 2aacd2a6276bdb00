/**
 * Duty: the port NginxProcess: write a generation, have it tested, switch to it, have it run, and go back when any of
 * this fails; or, when nothing but certificates is new, let their links lead to the new ones. One thing at a time. Must not
 * know what is in a configuration, nor how nginx is run.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectKey } from '@gatehouse/core';
import type { Bundle } from '@gatehouse/nginx';
import type {
  ApplyResult,
  Draining,
  Logger,
  NginxProcess,
  Refusal,
  TestResult,
  UnusableCertificate,
} from '@gatehouse/pipeline';
import { EndpointTeller } from './endpoint-teller.ts';
import { createGenerationStore, type GenerationStore } from './generation-store.ts';
import { createKeyStore, type KeyLink, type KeyStore } from './key-store.ts';
import { readLearning } from './learning.ts';
import { LiveCertificates } from './live-certificates.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';
import { prepareConfig } from './prepare-runtime.ts';
import { runtimeLayout, type RuntimeLayout } from './runtime-layout.ts';
import { createTaskQueue } from './task-queue.ts';
import { withdrawCertificates } from './withdraw-certificates.ts';

export interface NginxProcessOptions {
  /** Absolute. Nothing is written but in its parts `config` and `keys`, which are made when missing. */
  readonly runtimeDirectory: string;
  readonly supervisor: NginxSupervisor;
  readonly logger: Logger;
  /** Id of the group that nginx' worker processes read keys as; left out: they run as this process' user. */
  readonly keyReaders?: number;
}

/** A worker that has just followed a link has so long to open the file. */
const FAREWELL_MS = 2_000;
const MOST_THAT_MAY_RUN = 3;

export interface ToldNginxProcess extends NginxProcess {
  /** The Service that an upstream with told endpoints leads to; undefined for one that is not known any more. */
  serviceOf(upstream: string): ObjectKey | undefined;
}

/** Starts nothing yet: the first `apply` does. */
export function createNginxProcess(options: NginxProcessOptions): ToldNginxProcess {
  return new ProvenNginx(options);
}

interface Tested {
  readonly result: TestResult;
  /** Links that are to lead elsewhere when the configuration runs. */
  readonly outdated: readonly KeyLink[];
}

class ProvenNginx implements ToldNginxProcess {
  readonly #options: NginxProcessOptions;
  readonly #layout: RuntimeLayout;
  readonly #keys: KeyStore;
  readonly #store: GenerationStore;
  readonly #certificates: LiveCertificates;
  readonly #supervisor: NginxSupervisor;
  readonly #teller: EndpointTeller;
  readonly #inTurn = createTaskQueue();
  /** Endpoints wait for no configuration. */
  readonly #tellingInTurn = createTaskQueue();
  #isStopping = false;
  #digestBefore: string | undefined;
  /** What an earlier controller told: none once nginx has forgotten what it needs no more; undefined: not looked at yet. */
  #namesBefore: ReadonlySet<string> | undefined;
  /** What nginx may run, or start with, though `current` was led back from it. */
  #mayRun: readonly string[] = [];
  /** The certificates that were brought up last, without the configuration that they belong to. */
  #ahead: { readonly linksDigest: string; readonly unusable: readonly UnusableCertificate[] } | undefined;

  constructor(options: NginxProcessOptions) {
    this.#options = options;
    this.#layout = runtimeLayout(options.runtimeDirectory);
    this.#keys = createKeyStore(this.#layout, options.keyReaders);
    this.#store = createGenerationStore(this.#layout, this.#keys);
    this.#certificates = new LiveCertificates(this.#layout, this.#keys);
    this.#supervisor = options.supervisor;
    this.#teller = new EndpointTeller((changes) => options.supervisor.setEndpoints(changes));
  }

  async setEndpoints(told: Bundle['told'], telling: 'all' | 'changes'): Promise<void> {
    await this.#tellingInTurn(() => this.#teller.tell(told, telling));
  }

  serviceOf(upstream: string): ObjectKey | undefined {
    return this.#teller.serviceOf(upstream);
  }

  async apply(bundle: Bundle, mostDraining = Infinity, onReload: () => void = () => undefined): Promise<ApplyResult> {
    return this.#inTurn(async () => {
      this.#throwIfStopping();
      if (await this.#runs(bundle)) {
        await this.#forgetWhatMayRun();
        return this.#renew(bundle);
      }
      const { generations } = await this.#supervisor.draining();
      if (generations > mostDraining) return this.#postpone(bundle, generations);
      const { result, outdated } = await this.#writeAndTest(bundle);
      return result.kind === 'refused' ? result : this.#switchTo(bundle, outdated, onReload);
    });
  }

  async draining(): Promise<Draining> {
    return this.#supervisor.draining();
  }

  async test(bundle: Bundle): Promise<TestResult> {
    return this.#inTurn(async () => {
      this.#throwIfStopping();
      const { result } = await this.#writeAndTest(bundle);
      await this.#tidy();
      return result;
    });
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    await this.#supervisor.stop(graceMs);
    await this.#inTurn(() => Promise.resolve());
  }

  #throwIfStopping(): void {
    if (this.#isStopping) throw new Error('nginx is being stopped');
  }

  /** Whether nginx runs it, and would again after a crash. */
  async #runs(bundle: Bundle): Promise<boolean> {
    if ((await this.#store.current()) !== bundle.digest || !(await this.#hasKeys(bundle))) return false;
    return (await this.#supervisor.running()) === bundle.digest;
  }

  /** What links lead to is looked at later. */
  async #hasKeys(bundle: Bundle): Promise<boolean> {
    return bundle.certificateLinks.size > 0 || this.#keys.has(bundle);
  }

  /** Nothing but certificates can be new. */
  async #renew(bundle: Bundle): Promise<ApplyResult> {
    this.#ahead = undefined;
    if (bundle.certificateLinks.size === 0) return { kind: 'applied' };
    await this.#prepareConfig();
    const outdated = await this.#keys.write(bundle, bundle.certificateLinks);
    const unusableCertificates = await this.#certificates.bringUp(bundle, outdated);
    if (outdated.length === 0) return { kind: 'applied', unusableCertificates };
    this.#tidyLater();
    return { kind: 'renewed', unusableCertificates };
  }

  /** Brings up the certificates that what runs will look at, takes back those that nobody has any more, and leaves all else. */
  async #postpone(bundle: Bundle, draining: number): Promise<ApplyResult> {
    const { certificateLinks, linksDigest } = bundle;
    if (certificateLinks.size > 0 && this.#ahead?.linksDigest !== linksDigest) {
      await this.#prepareConfig();
      const outdated = await this.#store.writeKeys(bundle);
      const gone = await this.#store.linksBeyond(bundle);
      await withdrawCertificates(this.#layout, this.#keys, { bundle, gone });
      this.#ahead = { linksDigest, unusable: await this.#certificates.bringUp(bundle, outdated) };
      this.#tidyLater();
    }
    return { kind: 'postponed', draining, unusableCertificates: this.#ahead?.unusable ?? [] };
  }

  /** Leaves the files of an accepted configuration for what follows, and none of a refused one. */
  async #writeAndTest(bundle: Bundle): Promise<Tested> {
    await this.#prepareConfig();
    try {
      const outdated = await this.#store.write(bundle);
      const result = await this.#supervisor.test(bundle.digest);
      if (result.kind === 'refused') await this.#tidy();
      return { result, outdated };
    } catch (error) {
      await this.#tidy();
      throw error;
    }
  }

  async #switchTo(bundle: Bundle, outdated: readonly KeyLink[], onReload: () => void): Promise<ApplyResult> {
    this.#ahead = undefined;
    const before = await this.#store.current();
    const startedMs = performance.now();
    const { digest, bridge } = bundle;
    this.#namesBefore ??= await this.#namesInCurrent();
    if (bridge !== undefined && bridge.from === before) await this.#store.writeBridge(digest, bridge);
    await this.#store.switchTo(bundle.digest);
    onReload();
    const refusal = await this.#runOrGoBack(bundle, before);
    if (refusal !== undefined) return refusal;
    const reloadMs = performance.now() - startedMs;
    if (before !== bundle.digest) this.#digestBefore = before;
    this.#mayRun = [];
    const unusableCertificates = await this.#certificates.bringUp(bundle, outdated);
    if (outdated.length === 0) await this.#tidy();
    else this.#tidyLater();
    await this.#tellingInTurn(() => this.#teller.keepOnly(bundle.told, this.#namesBefore));
    this.#namesBefore = new Set();
    return { kind: 'applied', reloadMs, unusableCertificates };
  }

  /** Upstreams whose endpoints nginx is told for the configuration that is current. */
  async #namesInCurrent(): Promise<ReadonlySet<string>> {
    return readLearning(await readFile(this.#layout.currentConfig, 'utf8').catch(() => '')).names;
  }

  async #runOrGoBack({ digest }: Bundle, before: string | undefined): Promise<Refusal | undefined> {
    const goBack = async () => {
      await this.#store.switchTo(before);
      await this.#tidy();
    };
    try {
      const refusal = await this.#supervisor.run(digest);
      if (refusal !== undefined) await goBack();
      return refusal;
    } catch (error) {
      // It may yet come to what it was told to load: it may even be starting with that.
      this.#mayRun = [...this.#mayRun, digest].slice(-MOST_THAT_MAY_RUN);
      await goBack();
      await this.#supervisor.reloadUnproven();
      throw error;
    }
  }

  async #prepareConfig(): Promise<void> {
    await prepareConfig(this.#layout, this.#options.keyReaders);
  }

  /** nginx is proven to run something else. */
  async #forgetWhatMayRun(): Promise<void> {
    if (this.#mayRun.length === 0) return;
    this.#mayRun = [];
    await this.#tidy();
  }

  /** Old certificates go when no worker can be on its way to them. */
  #tidyLater(): void {
    void delay(FAREWELL_MS, undefined, { ref: false }).then(() =>
      this.#inTurn(async () => {
        if (!this.#isStopping) await this.#tidy();
      }),
    );
  }

  /** What is not needed any more stands in nobody's way, so failing at this is no failure of anything else. */
  async #tidy(): Promise<void> {
    try {
      await this.#store.keepOnly([await this.#store.current(), this.#digestBefore, ...this.#mayRun]);
    } catch (error) {
      this.#options.logger.warn('Old generations could not be removed', { error });
    }
  }
}
