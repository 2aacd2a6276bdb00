/**
 * Duty: the authorities of client certificates, from a file that is read again when it changes. What cannot be used is
 * refused, and what was there before stays. Must not know who connects.
 */
import { readFile } from 'node:fs/promises';
import { readCertificates } from '@gatehouse/http';
import { StartError } from '@gatehouse/logging';
import type { Clock, Logger } from '@gatehouse/pipeline';

export interface ClientAuthority {
  /** Who of those that an authority vouches for may ask; everybody when it is empty. */
  readonly names: readonly string[];
  /** Certificates (PEM). */
  current(): string;
  onChange(listener: () => void): void;
  stop(): void;
}

export interface ClientAuthorityOptions {
  readonly file: string;
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Kubelet's switch of a link, a rename and a write in place are all seen by looking. */
const LOOK_MS = 2000;
const MOST_BYTES = 1024 * 1024;

/** Throws a StartError when there is nothing to go by: without it, anybody could ask. */
export async function followClientAuthority(options: ClientAuthorityOptions): Promise<ClientAuthority> {
  const { file, names, clock, logger } = options;
  let current = await readAuthorities(file).catch((cause: unknown) => {
    throw new StartError(`--client-ca-file: ${reasonOf(cause)}`, { cause });
  });
  let told = '';
  let isStopped = false;
  const listeners: (() => void)[] = [];
  const look = async (): Promise<void> => {
    try {
      const next = await readAuthorities(file);
      told = '';
      if (next === current) return;
      current = next;
      listeners.forEach((listener) => listener());
      logger.info('The authorities of clients were read', { file });
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== told) logger.error('The authorities of clients cannot be read, those before stay', { reason });
      told = reason;
    }
  };
  let cancel: () => void = () => undefined;
  const plan = (): void => {
    if (isStopped) return;
    cancel = clock.after(LOOK_MS, () => void look().finally(plan));
  };
  plan();
  return {
    names,
    current: () => current,
    onChange: (listener) => listeners.push(listener),
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}

async function readAuthorities(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Error(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`, { cause });
  });
  if (bytes.length > MOST_BYTES) throw new Error(`${file} has ${bytes.length} bytes, at most ${MOST_BYTES} are read`);
  try {
    return readCertificates(bytes.toString('latin1')).join('');
  } catch (cause) {
    throw new Error(`${file}: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
