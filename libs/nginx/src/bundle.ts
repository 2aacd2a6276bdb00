/**
 * Duty: what render makes: the bytes of one generation of nginx' configuration.
 */
import type { ReloadCause } from './reload-causes.ts';
import type { Bridge } from './render/bridge.ts';
import type { Problem } from '@gatehouse/core';
import type { Backend, Certificate, Origin } from '@gatehouse/routing';

/** One generation: equal digest means the same bytes in every file. */
export interface Bundle {
  /** SHA-256 over all files, and over the certificates that are read with them, hexadecimal. It is what the proof server answers. */
  readonly digest: string;
  /**
   * Where nginx reads certificates at each handshake: name of a link within `keys` → the certificate it has to lead to,
   * undefined: the self-signed one. Equal digest means the same names, not the same certificates. Otherwise empty.
   */
  readonly certificateLinks: ReadonlyMap<string, Certificate | undefined>;
  /** Over what the links lead to. */
  readonly linksDigest: string;
  /**
   * Whose endpoints are not in the files, since they come by DNS: name of an upstream → its backend, the same object as
   * long as none has changed. The digest knows the names alone.
   */
  readonly told: ReadonlyMap<string, Backend>;
  /** File name within the generation's directory → text. `nginx.conf` is always there; `start.conf`, where endpoints come by DNS, is what nginx starts with. */
  readonly files: ReadonlyMap<string, string>;
  /** File name within the shared directory `keys` → certificate, those of links as well. Names are content digests. */
  readonly certificates: ReadonlyMap<string, Certificate>;
  /**
   * File name within the shared directory `keys` → key of session tickets, for who starts nginx alone. Names are content
   * digests. Left out: there are none.
   */
  readonly ticketKeys?: ReadonlyMap<string, Uint8Array>;
  /** The object whose text stands in a line (counted from 1) of nginx.conf; undefined for lines of nobody. */
  originOfLine(line: number): Origin | undefined;
  /**
   * The way from what was said to run, when nginx has to learn endpoints on it: a configuration that serves what that one
   * did and answers `starting DIGEST` as its proof.
   */
  readonly bridge?: Bridge;
  /** In what it differs from what was said to run; none when that is the same, or unknown. */
  readonly reloadCauses: readonly ReloadCause[];
  /** What this nginx cannot do although somebody asked for it. */
  readonly problems: readonly Problem[];
}
