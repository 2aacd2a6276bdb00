/**
 * Duty: the first fault of a start as a sentence that names the flag to change. Pure.
 */
import { StartError } from '@gatehouse/logging';
import type { ControllerConfig } from './flags.ts';

/** nginx' words: `bind() to 0.0.0.0:80 failed (98: Address already in use)`; also `(98: Unknown error)` with some C libraries. */
const BIND = /bind\(\) to (\S+?):(\d+) failed \((\d+): ([^)]*)\)/;
const PERMISSION_DENIED = '13';
const ADDRESS_NOT_AVAILABLE = '99';

/** nginx did not come to run at all; `error` is why. */
export function explainFirstFault(error: unknown, config: Pick<ControllerConfig, 'https' | 'statusPort'>): StartError {
  const message = error instanceof Error ? error.message : String(error);
  const [, host = '', port = '', code, words = ''] = BIND.exec(message) ?? [];
  if (code === undefined) return new StartError(`nginx does not start: ${message}`, { cause: error });
  const flag = code === ADDRESS_NOT_AVAILABLE ? '--listen-address' : portFlag(Number(port), config);
  const advice = code === PERMISSION_DENIED ? '; ports below 1024 are for root' : '';
  return new StartError(`${flag}: nginx cannot listen on ${host}:${port}: ${words.toLowerCase()}${advice}`, {
    cause: error,
  });
}

function portFlag(port: number, { https, statusPort }: Pick<ControllerConfig, 'https' | 'statusPort'>): string {
  if (https.some((address) => address.port === port)) return '--https-port';
  return port === statusPort ? '--status-port' : '--http-port';
}
