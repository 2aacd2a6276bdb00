/**
 * Duty: finding the place of a field, named as in a Problem, in the tree of a YAML document.
 */
import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';

/** `spec.rules[0].host` as steps. What stands in brackets is an index or a key; keys there may hold dots. */
export function parseFieldPath(fieldPath: string): readonly string[] {
  const steps = fieldPath.matchAll(/\[(?<bracketed>[^\]]*)\]|(?<plain>[^.[\]]+)/g);
  return Array.from(steps, ({ groups }) =>
    (groups?.['bracketed'] ?? groups?.['plain'] ?? '').replace(/^"(.*)"$/, '$1'),
  );
}

/**
 * Offset of the field in the text that `document` was parsed from: of its value when that is a scalar, of its key
 * otherwise. When the field is not there, the nearest one around it that is.
 */
export function locateField(document: Document.Parsed, steps: readonly (number | string)[]): number {
  let node: Node | null | undefined = document.contents;
  let offset = startOf(node) ?? document.range[0];
  for (const step of steps) {
    const found = child(resolved(node, document), String(step));
    if (found === undefined) return offset;
    offset = found.offset ?? offset;
    node = found.node;
  }
  return offset;
}

interface Found {
  readonly node: Node | null;
  readonly offset: number | undefined;
}

function child(parent: Node | null | undefined, step: string): Found | undefined {
  if (isSeq(parent)) {
    const item = (parent.items as (Node | null | undefined)[])[Number(step)];
    return item === undefined || item === null ? undefined : { node: item, offset: startOf(item) };
  }
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
  if (pair === undefined) return undefined;
  const { key, value } = pair as Pair<Node, Node | null>;
  const isCollection = isMap(value) || isSeq(value) || isEmptyScalar(value);
  return { node: value, offset: startOf(isCollection ? key : value) ?? startOf(key) };
}

function resolved(node: Node | null | undefined, document: Document.Parsed): Node | null | undefined {
  return isAlias(node) ? node.resolve(document) : node;
}

function isEmptyScalar(node: Node | null): boolean {
  return isScalar(node) && node.range?.[0] === node.range?.[1];
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}
