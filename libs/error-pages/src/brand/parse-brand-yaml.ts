/**
 * Duty: from the text of brand.yaml to a plain value that still knows where each part of it was written. Pure.
 * Must not know what a brand is.
 */
import { err, ok, type Result } from '@gatehouse/core';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
} from 'yaml';
import type { BrandProblem, KeyPath, Place } from './brand-problem.ts';

/** A value and the way back to the text. */
export interface BrandYaml {
  readonly value: unknown;
  /** Where the value at `path` is written: the value itself, or its key when it is a collection or a key is meant. */
  readonly placeOf: (path: KeyPath, part?: 'key') => Place;
}

/** Longest brand.yaml in bytes; a ConfigMap as a whole is at most 1 MiB. */
export const maxBrandYamlBytes = 256 * 1024;
/** The parser takes some hundred bytes for each key, value or sign between them, and a brand is read where memory is short. */
const maxSigns = 10_000;
/** A few lines of aliases can ask for gigabytes. */
const maxAliases = 100;

/** YAML 1.2 with string keys only, no key twice, and `<<`. */
const yamlOptions = {
  version: '1.2',
  schema: 'core',
  merge: true,
  strict: true,
  stringKeys: true,
  uniqueKeys: true,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Reads one document; an empty one is an empty map. The errors are all that the parser finds. */
export function parseBrandYaml(file: string, text: string): Result<BrandYaml, readonly BrandProblem[]> {
  const signs = countSigns(text);
  if (signs > maxSigns) {
    const message = `this file has ${signs} keys, values and signs between them; at most ${maxSigns} are allowed`;
    return err([{ severity: 'error', file, line: 1, column: 1, message }]);
  }
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problem = (offset: number, message: string): BrandProblem => ({
    severity: 'error',
    file,
    ...placeAt(offset),
    message,
  });
  const parsed = parseAllDocuments(text, { ...yamlOptions, lineCounter: lines });
  const [document, second] = Array.isArray(parsed) ? parsed : [];
  if (document === undefined) return ok({ value: {}, placeOf: () => placeAt(0) });
  if (second !== undefined)
    return err([problem(second.range[0], 'a second document begins here; there may be only one')]);
  // A tag that is not known is only a warning of the parser, but what it stands for would be lost.
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) return err(faults.map(({ pos, message }) => problem(pos[0], plainMessage(message))));
  const odd = oddKey(document);
  if (odd !== undefined) return err([problem(odd, 'no key may be "__proto__"')]);
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases }) ?? {};
    return ok({ value, placeOf: (path, part) => placeAt(locate(document, path, part)) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return err([problem(firstAlias(document), plainMessage(message))]);
  }
}

/** Space between signs, and marks that the lexer puts in. */
// eslint-disable-next-line no-control-regex -- they are those marks
const NO_SIGN = /^[\s\u0002\u0018\u001f]*$/;

function countSigns(text: string): number {
  let count = 0;
  for (const sign of new Lexer().lex(text)) if (!NO_SIGN.test(sign)) count += 1;
  return count;
}

function plainMessage(message: string): string {
  return message.startsWith('Maximum call stack') ? 'this is nested too deeply' : message.replace(/\.$/, '');
}

/** Offset of a key that readers of the value would pass over in silence. */
function oddKey(document: Document.Parsed): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Pair(_key, { key }) {
      if (!isScalar(key) || key.value !== '__proto__') return undefined;
      offset = key.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}

function firstAlias(document: Document.Parsed): number {
  let offset = document.range[0];
  visit(document, {
    Alias(_key, { range }) {
      offset = range?.[0] ?? offset;
      return visit.BREAK;
    },
  });
  return offset;
}

/** Offset of what `path` leads to; of the nearest part around it when it is not written there, as behind a `<<`. */
function locate(document: Document.Parsed, path: KeyPath, part: 'key' | undefined): number {
  let node: Node | null | undefined = document.contents;
  let offset = startOf(node) ?? document.range[0];
  for (const [index, step] of path.entries()) {
    const parent: Node | null | undefined = isAlias(node) ? node.resolve(document) : node;
    const found = childOf(parent, step);
    if (found === undefined) return offset;
    const isKeyMeant = index === path.length - 1 && part === 'key';
    const isCollection = isMap(found.value) || isSeq(found.value) || isEmpty(found.value);
    offset = (isKeyMeant || isCollection ? startOf(found.key) : undefined) ?? startOf(found.value) ?? offset;
    node = found.value;
  }
  return offset;
}

interface Child {
  /** None for an item of a list. */
  readonly key?: Node;
  readonly value: Node | null;
}

function childOf(parent: Node | null | undefined, step: number | string): Child | undefined {
  if (isSeq(parent)) {
    const value = (parent.items as (Node | null | undefined)[])[Number(step)];
    return value === undefined ? undefined : { value };
  }
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
    : undefined;
  return pair as Child | undefined;
}

function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.range?.[0] === node.range?.[1]);
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}
