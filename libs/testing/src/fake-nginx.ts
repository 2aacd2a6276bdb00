/**
 * Duty: an nginx that runs nothing: it takes what it is given unless a test says why not.
 */
import type { Bundle } from '@gatehouse/nginx';
import type { ApplyResult, NginxProcess, Refusal, TestResult, UnusableCertificate } from '@gatehouse/pipeline';

/** What it objects to in a configuration; a thrown Error is a fault of the machine. */
export type Objection = (bundle: Bundle) => Omit<Refusal, 'kind'> | undefined;

export class FakeNginx implements NginxProcess {
  /** May be replaced at any time. */
  objection: Objection = () => undefined;
  /** Which certificates of a bundle it cannot use. */
  unusableCertificates: (bundle: Bundle) => readonly UnusableCertificate[] = () => [];
  /** Called within each apply, before it is judged; a promise holds it up. */
  beforeApply: () => Promise<void> | void = () => undefined;
  /** Every bundle that was applied, in order. */
  readonly applied: Bundle[] = [];
  /** What endpoints it was told, in order. */
  readonly told: { readonly endpoints: Bundle['told']; readonly telling: 'all' | 'changes' }[] = [];
  /** Nobody can tell it endpoints. */
  isDeaf = false;
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

  async apply(bundle: Bundle): Promise<ApplyResult> {
    const turn = this.#last.then(() => this.#apply(bundle));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async test(bundle: Bundle): Promise<TestResult> {
    this.testCalls += 1;
    return Promise.resolve(this.#judge(bundle) ?? { kind: 'accepted' });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.#last;
  }

  async #apply(bundle: Bundle): Promise<ApplyResult> {
    this.applyCalls += 1;
    await this.beforeApply();
    if (this.isStopped) throw new Error('nginx is being stopped');
    const refusal = this.#judge(bundle);
    if (refusal !== undefined) return refusal;
    const isRenewal = this.running?.digest === bundle.digest && this.running.linksDigest !== bundle.linksDigest;
    this.applied.push(bundle);
    const unusableCertificates = this.unusableCertificates(bundle);
    return isRenewal
      ? { kind: 'renewed', unusableCertificates }
      : { kind: 'applied', reloadMs: 1, unusableCertificates };
  }

  #judge(bundle: Bundle): Refusal | undefined {
    const objection = this.objection(bundle);
    return objection && { kind: 'refused', ...objection };
  }
}
