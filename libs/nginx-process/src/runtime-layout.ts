/**
 * Duty: where everything that belongs to the running nginx lies. The only place that knows these names.
 */
import { join } from 'node:path';

export interface RuntimeLayout {
  /** Absolute. Nothing is written outside it. */
  readonly directory: string;
  /** One directory for each generation, named by its digest. */
  readonly generations: string;
  /** Symbolic link to the generation that runs. */
  readonly current: string;
  /** What nginx is started with: it is read through the link again at each reload. */
  readonly currentConfig: string;
  /** Certificates with keys, named by content. */
  readonly certificates: string;
  /** The self-signed certificate with its key. */
  readonly defaultCertificate: string;
  /** nginx' temporary files. */
  readonly temporary: string;
  readonly pidFile: string;
  /** A unix socket on which the running nginx answers its digest. */
  readonly proofSocket: string;
  /** A unix socket that the controller listens on; no longer than the other. */
  readonly controllerLock: string;
}

export function runtimeLayout(directory: string): RuntimeLayout {
  const current = join(directory, 'current');
  const certificates = join(directory, 'certificates');
  return {
    directory,
    generations: join(directory, 'generations'),
    current,
    currentConfig: join(current, 'nginx.conf'),
    certificates,
    defaultCertificate: join(certificates, 'default.pem'),
    temporary: join(directory, 'temp'),
    pidFile: join(directory, 'nginx.pid'),
    proofSocket: join(directory, 'proof.sock'),
    controllerLock: join(directory, 'lock.sock'),
  };
}

/** The configuration of a generation that may not be the current one. */
export function generationConfig(layout: RuntimeLayout, digest: string): string {
  return join(layout.generations, digest, 'nginx.conf');
}
