/**
 * Duty: the text of docs/annotations.md, from the tables.
 */
import { annotationTable } from '../annotation-table.ts';
import type { AnnotationEntry } from '../annotation-entry.ts';
import { settingTable } from '../setting-table.ts';
import { unsupportedAnnotations, type UnsupportedAnnotation } from '../unsupported-annotations.ts';
import { describeVariables, variablesIn } from '../variables.ts';
import { generatedNote, joinSections, renderCode, renderTable, renderYamlLine } from './markdown.ts';

/** The prefix that the documentation shows; --annotations-prefix changes it. */
const prefix = 'nginx.ingress.kubernetes.io';

/** The whole page. */
export function renderAnnotationsPage(): string {
  return joinSections([
    generatedNote,
    '# Annotations',
    introduction,
    '## Supported',
    renderTable(['Annotation', 'What it does', 'Default'], annotationTable.map(renderOverviewRow)),
    ...annotationTable.map(renderEntry),
    '## Variables',
    'A variable is written `$name` or `${name}`. No others are known, and a value holds at most nine of them.',
    renderTable(
      ['In', 'Variables'],
      [
        ['`rewrite-target`', describeVariables(variablesIn.rewriteTarget)],
        ['`permanent-redirect`, `temporal-redirect`', describeVariables(variablesIn.redirect)],
        ['`upstream-vhost`', describeVariables(variablesIn.upstreamHost)],
      ],
    ),
    '## Known and not supported',
    'ingress-nginx has these as well. Each one that is found on an Ingress is reported, with the advice given here.',
    renderTable(['Annotation', 'Effect', 'Instead'], [...unsupportedAnnotations].map(renderUnsupportedRow)),
  ]);
}

const introduction = `All names stand under \`${prefix}/\` (\`--annotations-prefix\` changes that).
They hold for all paths of their own Ingress and for nothing else, but for those whose scope is the host.

- A malformed value never counts as the default in silence. It is reported, and what it asks for is off.
- A malformed value of something that **protects** closes the paths of the Ingress: they answer 503 until it is corrected.
- An unknown name under the prefix is reported together with the nearest known one.
- The risk says what a careless value can do: nothing to others (low), lead clients or requests astray (medium), or open
  what should be closed (high).
- White space around a value does not count. A value has at most 1500 characters, a list of networks 65536, and holds
  printable ASCII only.`;

function renderOverviewRow(entry: AnnotationEntry): readonly string[] {
  return [`[\`${entry.name}\`](#${entry.name})`, entry.summary, renderDefault(entry)];
}

function renderEntry(entry: AnnotationEntry): string {
  const { name, aliases, needs, setting } = entry;
  const lines = [
    `Value: ${entry.value.english}`,
    `Default: ${renderDefault(entry)}${setting === undefined ? '' : `, or what the ConfigMap key \`${setting}\` says`}`,
    `Scope: ${entry.scope === 'host' ? 'the host; the oldest Ingress of the host decides' : 'the paths of the Ingress'}`,
    `Malformed: ${entry.failClosed ? '**the paths of the Ingress answer 503**' : 'as if it were not there'}`,
    `Risk: ${entry.risk}`,
    ...(needs === undefined ? [] : [`Needs: \`${needs}\``]),
    ...(aliases.length === 0 ? [] : [`Older name: ${aliases.map(renderCode).join(', ')}`]),
  ];
  const list = lines.map((line) => `- ${line}`).join('\n');
  return joinSections([
    `### ${name}`,
    entry.summary,
    list,
    renderYamlLine(`${prefix}/${name}`, entry.example),
  ]).trimEnd();
}

function renderDefault({ defaultText, setting }: AnnotationEntry): string {
  return renderCode(defaultText ?? (setting === undefined ? '' : settingTable[setting].defaultText));
}

function renderUnsupportedRow([name, known]: readonly [string, UnsupportedAnnotation]): readonly string[] {
  return [`\`${name}\``, describeEffect(known), known.kind === 'snippet' ? 'the typed annotations' : known.advice];
}

function describeEffect({ kind, protects, matters }: UnsupportedAnnotation): string {
  if (kind === 'snippet') return '**refused; the paths answer 503**';
  if (!protects) return 'none';
  return matters === 'whenOn' ? '**the paths answer 503**, unless it is off' : '**the paths answer 503**';
}
