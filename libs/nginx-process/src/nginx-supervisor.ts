/**
 * Duty: what whoever writes generations asks of whoever runs nginx. The same whether nginx runs in this process
 * (local-supervisor.ts) or in another container (remote-supervisor.ts); one contract spec runs against both.
 *
 * Only digests are passed, and addresses of endpoints: a configuration reaches nginx through the files alone.
 */
import type { Draining, EndpointChange, Refusal, TestResult } from '@gatehouse/pipeline';

export interface NginxSupervisor {
  /** Asks nginx whether it would take a generation that is written. Throws when it cannot be asked. */
  test(digest: string): Promise<TestResult>;
  /**
   * Makes nginx run the generation that `current` leads to, which must be this one. Resolves with nothing when nginx has
   * proven that it does. Throws when the machine does not let it.
   */
  run(digest: string): Promise<Refusal | undefined>;
  /** Has nginx use other endpoints, where they come by DNS. Throws when nobody takes them, or they are not as they have to be. */
  setEndpoints(changes: readonly EndpointChange[]): Promise<void>;
  /** The digest of what nginx proves to run this very moment. */
  running(): Promise<string | undefined>;
  /** Old workers that serve their last connections. Never throws; none, when that is not known. */
  draining(): Promise<Draining>;
  /** Makes a living nginx read `current` again, without waiting for anything. Never throws. */
  reloadUnproven(): Promise<void>;
  /**
   * Ends what this began: an nginx of this process, gracefully, after `graceMs` or a second call with 0 at once; an nginx
   * of somebody else is only let go of. What is under way throws.
   */
  stop(graceMs: number): Promise<void>;
}
