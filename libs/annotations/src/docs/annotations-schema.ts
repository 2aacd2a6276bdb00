/**
 * Duty: docs/annotations.schema.json, which lets editors check and complete `metadata.annotations`.
 */
import { annotationTable } from '../annotation-table.ts';
import type { AnnotationEntry } from '../annotation-entry.ts';

/** The JSON Schema (draft 2020-12) of the annotations of an Ingress. A pattern is wider than what is really accepted. */
export function renderAnnotationsSchema(prefix: string): string {
  const properties = annotationTable.flatMap((entry) => [
    [`${prefix}/${entry.name}`, describeEntry(entry)] as const,
    ...entry.aliases.map((alias) => [`${prefix}/${alias}`, { ...describeEntry(entry), deprecated: true }] as const),
  ]);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Annotations of an Ingress',
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: { type: 'string' },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function describeEntry({ summary, value, example, defaultText }: AnnotationEntry) {
  return {
    description: `${summary} The value is ${value.english}.`,
    ...value.schema,
    ...(defaultText === undefined ? {} : { default: defaultText }),
    examples: [example],
  };
}
