/**
 * Duty: what of a configuration belongs to others than one object: every server block of a host that the object does not
 * name, and of the hosts that it does name the lines that come from somebody else.
 */
import type { HostModel, Origin } from '@gatehouse/routing';
import type { ConfiguredObjects } from './configure-case.ts';

/** Lines by host. `isOwn` tells the object by kind, namespace and name. */
export function othersLines(
  { bundle, resolution, text }: ConfiguredObjects,
  ownHosts: ReadonlySet<string>,
  isOwn: (key: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const isOthers = (origin: Origin | undefined): boolean =>
    origin !== undefined && !isOwn(`${origin.object.kind} ${origin.object.namespace} ${origin.object.name}`);
  const found = new Map<string, string[]>();
  for (const [host, block] of serverBlocks(text, resolution.model.hosts)) {
    const isForeign = !ownHosts.has(host.name);
    // Asking whose a line is costs what the whole block costs, so it is asked only where several share one.
    if (!isForeign && ![...host.routes, host.appRoot, host.fallback].some((part) => isOthers(part?.origin))) continue;
    const lines = block.lines.filter((_, index) => isForeign || isOthers(bundle.originOfLine(block.start + index)));
    found.set(host.name, lines);
  }
  return found;
}

interface Block {
  /** Counted from 1. */
  readonly start: number;
  readonly lines: string[];
}

/** The block of each host; they stand in the order of the model. */
function serverBlocks(text: string, hosts: readonly HostModel[]): ReadonlyMap<HostModel, Block> {
  const blocks = new Map<HostModel, Block>();
  let block: Block | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const host = hosts[blocks.size];
    if (line.startsWith('    server ') && host !== undefined) {
      block = { start: index + 1, lines: [] };
      blocks.set(host, block);
    }
    block?.lines.push(line);
    if (line === '    }') block = undefined;
  }
  return blocks;
}
