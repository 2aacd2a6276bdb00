/**
 * Duty: what may stand in a configuration, learnt from configurations that nobody attacks, and what of another one does
 * not belong there.
 */
import type { NginxDirective, NginxTree } from '@gatehouse/nginx';

/** A directive with the blocks around it: `http/server/location/return`. */
interface Placed {
  readonly place: string;
  readonly directive: NginxDirective;
}

/** What was seen: number of arguments and names of variables for each place. */
export interface Vocabulary {
  readonly argumentCounts: ReadonlyMap<string, ReadonlySet<number>>;
  readonly variables: ReadonlySet<string>;
  /** The lines of each map and geo block, but for the one that lists paths of the operator. */
  readonly tables: ReadonlySet<string>;
}

/** Directives that take a list; any number of arguments belongs to them. */
const LISTS = new Set(['http/server/location/error_page', 'http/ssl_protocols']);
/** Those whose arguments nginx does not expand, so that a dollar sign there is one. */
const NOT_EXPANDED = new Set(['http/server/location', 'http/server/server_name', 'http/geo/*']);
/** A capture is one digit, whatever follows. */
const VARIABLE = /\$(?:\{([^}]*)\}|([1-9]|\w*))/g;

/** Learns it from `trees`; `known` are variables that users may write beside those. */
export function learnVocabulary(trees: readonly NginxTree[], known: readonly string[]): Vocabulary {
  const argumentCounts = new Map<string, Set<number>>();
  const variables = new Set(known);
  const tables = new Set<string>();
  for (const placed of trees.flatMap((tree) => placedIn(tree))) {
    const counts = argumentCounts.get(placed.place) ?? new Set();
    argumentCounts.set(placed.place, counts.add(placed.directive.args.length));
    for (const variable of variablesOf(placed)) variables.add(variable);
    const line = tableLine(placed);
    if (line !== undefined) tables.add(line);
  }
  return { argumentCounts, variables, tables };
}

/** What of the tree is not in the vocabulary, in words; empty when all is as planned. */
export function strangersIn(tree: NginxTree, { argumentCounts, variables, tables }: Vocabulary): readonly string[] {
  return placedIn(tree).flatMap((placed) => {
    const { place, directive } = placed;
    const counts = argumentCounts.get(place);
    if (counts === undefined) return [`a directive ${place}`];
    const unknown = variablesOf(placed).filter((variable) => !variables.has(variable));
    const line = tableLine(placed);
    return [
      ...(LISTS.has(place) || counts.has(directive.args.length)
        ? []
        : [`${directive.args.length} arguments of ${place}`]),
      ...unknown.map((variable) => `a variable ${variable} in ${place}`),
      ...(line === undefined || tables.has(line) || isPathOfOperator(placed) ? [] : [`a line ${line} in ${place}`]),
    ];
  });
}

/** All arguments with a text in them, and where they stand. */
export function argumentsWith(
  tree: NginxTree,
  text: string,
): readonly { readonly place: string; readonly arg: string }[] {
  return placedIn(tree).flatMap(({ place, directive }) =>
    [...(place.endsWith('/*') ? [directive.name] : []), ...directive.args]
      .filter((arg) => arg.toLowerCase().includes(text))
      .map((arg) => ({ place, arg })),
  );
}

function placedIn(tree: NginxTree, around = ''): readonly Placed[] {
  return tree.flatMap((directive) => {
    // Names within a map or geo are its keys.
    const isTable = around === 'http/map' || around === 'http/geo';
    const place = `${around === '' ? '' : `${around}/`}${isTable ? '*' : directive.name}`;
    return [{ place, directive }, ...placedIn(directive.block ?? [], place)];
  });
}

function variablesOf({ place, directive }: Placed): readonly string[] {
  if (NOT_EXPANDED.has(place)) return [];
  // The first argument of a rewrite is a regular expression, as are keys of maps.
  const expanded = place.endsWith('/rewrite') ? directive.args.slice(1) : directive.args;
  return expanded.flatMap((arg) => [...arg.matchAll(VARIABLE)].map(([, braced, bare]) => braced ?? bare ?? ''));
}

function tableLine({ place, directive }: Placed): string | undefined {
  // The age of Strict-Transport-Security is the operator's number.
  const line = [directive.name, ...directive.args].join(' ').replace(/max-age=\d+/, 'max-age=0');
  return place.endsWith('/*') ? line : undefined;
}

/** A key of the map that says which paths are not redirected to TLS: the operator lists them. */
function isPathOfOperator({ directive }: Placed): boolean {
  return directive.name.startsWith('~^/') && directive.args.join() === '';
}
