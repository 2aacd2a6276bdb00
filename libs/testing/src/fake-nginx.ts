/**
 * Duty: an nginx that runs nothing: it takes what it is given unless a test says why not.
 */
import type { Bundle } from '@gatehouse/nginx';
import type {
  ApplyResult,
  Draining,
  NginxProcess,
  Refusal,
  TestResult,
  UnusableCertificate,
} from '@gatehouse/pipeline';

/** What it objects to in a configuration; a thrown Error is a fault of the machine. */
export type Objection = (bundle: Bundle) => Omit<Refusal, 'kind'> | undefined;

export class FakeNginx implements NginxProcess {
  /** May be replaced at any time. */
  objection: Objection = () => undefined;
  /** Which certificates of a bundle it cannot use. */
  unusableCertificates: (bundle: Bundle) => readonly UnusableCertificate[] = () => [];
  /** Called within each apply, before it is judged; a promise holds it up. */
  beforeApply: () => Promise<void> | void = () => undefined;
  /** Called when it was told to reload; what it throws is a fault that comes after that. */
  afterReload: () => void = () => undefined;
  /** Every bundle that was applied, in order. */
  readonly applied: Bundle[] = [];
  /** What endpoints it was told, in order. */
  readonly told: { readonly endpoints: Bundle['told']; readonly telling: 'all' | 'changes' }[] = [];
  /** Nobody can tell it endpoints. */
  isDeaf = false;
  /** Old generations, of one worker each. */
  generations = 0;
  applyCalls = 0;
  testCalls = 0;
  isStopped = false;
  #last: Promise<unknown> = Promise.resolve();

  /** What runs now. */
  get running(): Bundle | undefined {
    return this.isStopped ? undefined : this.applied.at(-1);
  }

  setEndpoints(endpoints: Bundle['told'], telling: 'all' | 'changes'): Promise<void> {
    if (this.isDeaf) return Promise.reject(new Error('nobody can be told'));
    this.told.push({ endpoints, telling });
    return Promise.resolve();
  }

  async apply(bundle: Bundle, mostDraining = Infinity, onReload: () => void = () => undefined): Promise<ApplyResult> {
    const turn = this.#last.then(() => this.#apply(bundle, mostDraining, onReload));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  draining(): Promise<Draining> {
    return Promise.resolve({ workers: this.generations, generations: this.generations });
  }

  async test(bundle: Bundle): Promise<TestResult> {
    this.testCalls += 1;
    return Promise.resolve(this.#judge(bundle) ?? { kind: 'accepted' });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.#last;
  }

  async #apply(bundle: Bundle, mostDraining: number, onReload: () => void): Promise<ApplyResult> {
    this.applyCalls += 1;
    await this.beforeApply();
    if (this.isStopped) throw new Error('nginx is being stopped');
    const unusableCertificates = this.unusableCertificates(bundle);
    const [runs, isRenewal] = [
      this.running?.digest === bundle.digest,
      this.running?.linksDigest !== bundle.linksDigest,
    ];
    if (!runs && this.generations > mostDraining) {
      return { kind: 'postponed', draining: this.generations, unusableCertificates };
    }
    const refusal = this.#judge(bundle);
    if (refusal !== undefined) return refusal;
    if (!runs) {
      onReload();
      this.afterReload();
    }
    this.applied.push(bundle);
    if (runs) return { kind: isRenewal ? 'renewed' : 'applied', unusableCertificates };
    return { kind: 'applied', reloadMs: 1, unusableCertificates };
  }

  #judge(bundle: Bundle): Refusal | undefined {
    const objection = this.objection(bundle);
    return objection && { kind: 'refused', ...objection };
  }
}
