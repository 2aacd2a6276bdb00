/**
 * Duty: from one line of a watch to what it tells. Must not know what is followed, but for the name of its kind.
 */
import { at, textAt, countAt } from '../json.ts';
import type { ServedKind } from './watched-kind.ts';

export type WatchEvent =
  | { readonly kind: 'stands' | 'gone'; readonly object: unknown; readonly version: string }
  | { readonly kind: 'bookmark'; readonly version: string }
  /** An answer that is an error, within the stream. */
  | { readonly kind: 'error'; readonly status: number; readonly reason: string; readonly object: unknown };

/** Reads one line. Undefined when it is nothing that a watch of this kind may hold. */
export function readWatchEvent(line: Buffer, { apiVersion, kind }: ServedKind): WatchEvent | undefined {
  const event = parseJson(line);
  const type = textAt(event, 'type');
  const object = at(event, 'object');
  if (type === 'ERROR') {
    return { kind: 'error', status: countAt(object, 'code'), reason: textAt(object, 'reason'), object };
  }
  const version = textAt(object, 'metadata', 'resourceVersion');
  if (version === '' || textAt(object, 'kind') !== kind || textAt(object, 'apiVersion') !== apiVersion)
    return undefined;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { kind: 'stands', object, version };
    case 'DELETED':
      return { kind: 'gone', object, version };
    case 'BOOKMARK':
      return { kind: 'bookmark', version };
    default:
      return undefined;
  }
}

function parseJson(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}
