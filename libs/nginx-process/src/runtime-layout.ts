/**
 * Duty: where everything that belongs to the running nginx lies. The only place that knows these names.
 */
import { join } from 'node:path';

/**
 * Three parts, by who writes: `config` and `keys` are the controller's, `proxy` belongs to the process that runs nginx.
 * Each side only reads what is the other's, so that they can be two containers that share three volumes.
 */
export interface RuntimeLayout {
  /** Absolute. Nothing is written outside it. */
  readonly directory: string;
  readonly config: string;
  readonly keys: string;
  readonly proxy: string;
  /** One directory for each generation, named by its digest. */
  readonly generations: string;
  /** Symbolic link to the generation that runs. */
  readonly current: string;
  /** What nginx is started with: it is read through the link again at each reload. */
  readonly currentConfig: string;
  /** The self-signed certificate with its key, beside those named by content and the links to them. */
  readonly defaultCertificate: string;
  /** Where nginx reads its configuration: a link to that of `current`, or to what it starts with or is on its way by. */
  readonly runningConfig: string;
  /** A step of nginx learning endpoints anew, while there is one. */
  readonly relearningConfig: string;
  /** The endpoints that an agent was told last. */
  readonly endpointsFile: string;
  /** nginx' temporary files. */
  readonly temporary: string;
  readonly pidFile: string;
  /** A unix socket on which the running nginx answers its digest. */
  readonly proofSocket: string;
  /** A unix socket on which the running nginx shows certificates. */
  readonly tlsSocket: string;
  /** A unix socket on which the running nginx asks for error pages. */
  readonly errorSocket: string;
  /** A unix socket on which the process that runs nginx takes orders, when it is another one. */
  readonly agentSocket: string;
  /** A unix socket that the controller listens on. */
  readonly controllerLock: string;
}

export function runtimeLayout(directory: string): RuntimeLayout {
  const config = join(directory, 'config');
  const keys = join(directory, 'keys');
  const proxy = join(directory, 'proxy');
  const current = join(config, 'current');
  return {
    directory,
    config,
    keys,
    proxy,
    generations: join(config, 'generations'),
    current,
    currentConfig: join(current, 'nginx.conf'),
    defaultCertificate: join(keys, 'default.pem'),
    runningConfig: join(proxy, 'nginx.conf'),
    relearningConfig: join(proxy, 'relearning.conf'),
    endpointsFile: join(proxy, 'endpoints.json'),
    temporary: join(proxy, 'temp'),
    pidFile: join(proxy, 'nginx.pid'),
    proofSocket: join(proxy, 'proof.sock'),
    tlsSocket: join(proxy, 'tls.sock'),
    errorSocket: join(proxy, 'errors.sock'),
    agentSocket: join(proxy, 'agent.sock'),
    controllerLock: join(config, 'lock.sock'),
  };
}

/** Every unix socket of the directory: their paths must not be too long for the system. */
export function socketsOf({
  proofSocket,
  tlsSocket,
  errorSocket,
  agentSocket,
  controllerLock,
}: RuntimeLayout): readonly string[] {
  return [proofSocket, tlsSocket, errorSocket, agentSocket, controllerLock];
}

/** The configuration of a generation that may not be the current one. */
export function generationConfig({ generations }: RuntimeLayout, digest: string): string {
  return join(generations, digest, 'nginx.conf');
}

/** One in which nginx learns endpoints before it listens; absent where they stand in the configuration. */
export function generationStartConfig({ generations }: RuntimeLayout, digest: string): string {
  return join(generations, digest, 'start.conf');
}

/** The way to a generation from another one, when there is one. */
export function bridgeConfig({ generations }: RuntimeLayout, { from, to }: BridgeEnds): string {
  return join(generations, to, `bridge-from-${from}.conf`);
}

/** Digests. */
interface BridgeEnds {
  readonly from: string;
  readonly to: string;
}
