/**
 * Duty: which keys of session tickets nginx reads, and from which files.
 */
import type { Model } from '@gatehouse/routing';
import type { RenderOptions } from '../render-options.ts';
import { servesTls } from './context.ts';

/** By the name of the file in the directory of keys; the first seals. */
export function planTicketKeys(
  { settings, sessionTicketKeys = [] }: Model,
  options: RenderOptions,
): ReadonlyMap<string, Uint8Array> {
  const isUsed = servesTls(options) && settings.tlsSessionTickets;
  return new Map(isUsed ? sessionTicketKeys.map(({ id, key }) => [`${id}.ticket`, key] as const) : []);
}
