/**
 * Duty: from the text of one YAML or JSON file to objects, each with its place in the text. Pure; knows no disk.
 */
import { parseObjects, type Reading } from '@gatehouse/kube-model';
import { parseAllDocuments, parseDocument, visit, type Document, type ParsedNode } from 'yaml';
import { placeAt, type ManifestProblem } from './place.ts';

/** What one object of a file gave. */
export interface ManifestObject {
  readonly reading: Extract<Reading, { readonly kind: 'ours' }>;
  /** The YAML document that it is in: from its first character to behind its last. */
  readonly range: readonly [start: number, end: number];
  /** The way from the root of the document to the object: empty, or `items` and an index. */
  readonly place: readonly (number | string)[];
}

export interface ParsedManifest {
  readonly objects: readonly ManifestObject[];
  /** Why the file as a whole cannot be relied on; empty when it can. */
  readonly problems: readonly ManifestProblem[];
}

/** More aliases than this in one document are refused: a few lines of them can ask for gigabytes. */
const MAX_ALIASES = 100;

/** YAML 1.2 with string keys only, no key twice, and `<<`, which manifests in the wild use. */
const YAML_OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: true,
  strict: true,
  stringKeys: true,
  uniqueKeys: true,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/**
 * Reads all documents of `text`. Kinds that are not read are passed over; anything that is no Kubernetes object makes the
 * file a broken one.
 */
export function parseManifest(file: string, text: string): ParsedManifest {
  const parts = parseDocuments(text).map((document) => readDocument(document, { file, text }));
  return { objects: parts.flatMap((part) => part.objects), problems: parts.flatMap((part) => part.problems) };
}

/** The tree of the one document that `range` of `text` holds. */
export function parseTree(text: string, [start, end]: ManifestObject['range']): Document.Parsed {
  return parseDocument(text.slice(start, end), YAML_OPTIONS);
}

function parseDocuments(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, YAML_OPTIONS);
  return Array.isArray(documents) ? documents : [];
}

function readDocument(document: Document.Parsed, source: { file: string; text: string }): ParsedManifest {
  const problemAt = (offset: number, message: string): ManifestProblem => ({
    ...placeAt(source.file, source.text, offset),
    message,
  });
  // A tag that is not known is only a warning of the parser, but what it stands for would be lost.
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return { objects: [], problems: faults.map(({ pos, message }) => problemAt(pos[0], plainMessage(message))) };
  }
  const value = toJson(document);
  if (!value.ok) return { objects: [], problems: [problemAt(value.offset, value.message)] };
  if (value.json === null) return { objects: [], problems: [] };

  const objects: ManifestObject[] = [];
  const problems: ManifestProblem[] = [];
  for (const { place, reading } of parseObjects(value.json)) {
    if (reading.kind === 'ours') objects.push({ reading, range: [document.range[0], document.range[2]], place });
    if (reading.kind !== 'noObject') continue;
    const node = document.getIn(place, true) as ParsedNode | undefined;
    const offset = node?.range[0] ?? contentStart(document);
    problems.push(problemAt(offset, `this is no Kubernetes object: ${reading.reason}`));
  }
  return { objects, problems };
}

type JsonResult =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly offset: number; readonly message: string };

function toJson(document: Document.Parsed): JsonResult {
  let offset = contentStart(document);
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0] ?? offset;
      return visit.BREAK;
    },
  });
  try {
    return { ok: true, json: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    return { ok: false, offset, message: plainMessage(error instanceof Error ? error.message : String(error)) };
  }
}

function contentStart(document: Document.Parsed): number {
  return document.contents?.range[0] ?? document.range[0];
}

function plainMessage(message: string): string {
  return message.startsWith('Maximum call stack') ? 'this is nested too deeply' : message.replace(/\.$/, '');
}
