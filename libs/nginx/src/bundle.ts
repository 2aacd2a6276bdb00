/**
 * Duty: what render makes: the bytes of one generation of nginx' configuration.
 */
import type { Problem } from '@gatehouse/core';
import type { Certificate, Origin } from '@gatehouse/routing';

/** One generation: equal digest means the same bytes in every file. */
export interface Bundle {
  /** SHA-256 over all files and certificate ids, hexadecimal. It is what the proof server answers. */
  readonly digest: string;
  /** File name within the generation's directory → text. `nginx.conf` is always there. */
  readonly files: ReadonlyMap<string, string>;
  /** File name within the shared directory `keys` → certificate. Names are content digests. */
  readonly certificates: ReadonlyMap<string, Certificate>;
  /** The object whose text stands in a line (counted from 1) of nginx.conf; undefined for lines of nobody. */
  originOfLine(line: number): Origin | undefined;
  /** What this nginx cannot do although somebody asked for it. */
  readonly problems: readonly Problem[];
}
