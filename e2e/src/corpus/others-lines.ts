/**
 * Duty: what of a configuration belongs to others than one object: every server block of a host that the object does not
 * name, and of the hosts that it does name the lines that come from somebody else.
 */
import type { ConfiguredObjects } from './configure-case.ts';

/** Lines by host. `isOwn` tells the object by kind, namespace and name. */
export function othersLines(
  { bundle, resolution, text }: ConfiguredObjects,
  ownHosts: ReadonlySet<string>,
  isOwn: (key: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const { hosts } = resolution.model;
  const found = new Map<string, string[]>();
  let host = -1;
  let isInside = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('    server ')) {
      host += 1;
      isInside = true;
    }
    const name = hosts[host]?.name;
    if (name === undefined || !isInside) continue;
    isInside = line !== '    }';
    const origin = bundle.originOfLine(index + 1)?.object;
    const isOthers = origin !== undefined && !isOwn(`${origin.kind} ${origin.namespace} ${origin.name}`);
    if (ownHosts.has(name) && !isOthers) continue;
    const lines = found.get(name);
    if (lines === undefined) found.set(name, [line]);
    else lines.push(line);
  }
  return found;
}
