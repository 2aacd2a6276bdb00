/**
 * Duty: the text of docs/configmap.md, from the tables.
 */
import { settingNames, settingTable, type SettingName } from '../setting-table.ts';
import { unsupportedSettings, type UnsupportedSetting } from '../unsupported-settings.ts';
import { generatedNote, joinSections, renderCode, renderTable, renderYamlLine } from './markdown.ts';

/** The whole page. */
export function renderConfigmapPage(): string {
  return joinSections([
    generatedNote,
    '# ConfigMap',
    introduction,
    '## Supported',
    renderTable(['Key', 'What it does', 'Default'], settingNames.map(renderOverviewRow)),
    ...settingNames.map(renderSetting),
    '## Known and not supported',
    'ingress-nginx has these as well. Each one that is set is reported, with the advice given here.',
    renderTable(['Key', 'Effect', 'Instead'], [...unsupportedSettings].map(renderUnsupportedRow)),
  ]);
}

const introduction = `The ConfigMap that \`--configmap\` names holds for the whole proxy; annotations of an Ingress override what they share
with it. A malformed value is reported and leaves the default, but for the keys that **protect**: while one of those is
malformed, all paths answer 503. An unknown key is reported together with the nearest known one.`;

function renderOverviewRow(name: SettingName): readonly string[] {
  const { summary, defaultText } = settingTable[name];
  return [`[\`${name}\`](#${name})`, summary, renderCode(defaultText)];
}

function renderSetting(name: SettingName): string {
  const { summary, value, defaultText, example, protects } = settingTable[name];
  const lines = [
    `Value: ${value.english}`,
    `Default: ${renderCode(defaultText)}`,
    `Malformed: ${protects ? '**all paths answer 503**' : 'the default'}`,
  ];
  const list = lines.map((line) => `- ${line}`).join('\n');
  return joinSections([`### ${name}`, summary, list, renderYamlLine(name, example)]).trimEnd();
}

function renderUnsupportedRow([name, known]: readonly [string, UnsupportedSetting]): readonly string[] {
  const unless = known.alike === undefined ? '' : `, unless \`${known.alike}\``;
  return [`\`${name}\``, known.protects ? `**all paths answer 503**${unless}` : 'none', known.advice];
}
