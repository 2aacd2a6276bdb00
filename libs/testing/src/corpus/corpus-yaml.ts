/**
 * Duty: the YAML of the corpus, with tags for what would be too long to write out.
 *
 *     !repeat [x, 5000]          text 5,000 times
 *     !join [/, !repeat [x, 9]]  texts one after the other
 *     !list [200, { host: host-NUMBER.example.com }]   200 times, with NUMBER counted from 0
 */
import { parseDocument, type CollectionTag, type YAMLMap, type YAMLSeq } from 'yaml';

/** The JSON value of a file; throws when it is no YAML. */
export function parseCorpusYaml(text: string): unknown {
  const document = parseDocument(text, { customTags: [repeatTag, joinTag, listTag], merge: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) throw fault;
  return document.toJS({ maxAliasCount: -1 });
}

const repeatTag = computed('!repeat', ([text, times]) => asText(text).repeat(Number(times)));

const joinTag = computed('!join', (texts) => texts.map(asText).join(''));

const listTag = computed('!list', ([times, item]) =>
  Array.from({ length: Number(times) }, (_, number): unknown =>
    JSON.parse(JSON.stringify(item).replaceAll('NUMBER', String(number))),
  ),
);

function computed(tag: string, compute: (items: readonly unknown[]) => unknown): CollectionTag {
  return {
    tag,
    collection: 'seq',
    resolve: (items: YAMLMap.Parsed | YAMLSeq.Parsed) => compute(items.toJSON() as unknown[]),
  };
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} is no text`);
  return value;
}
