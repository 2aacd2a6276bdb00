import { describe, expect, it } from '@jest/globals';
import { annotationTable } from '../annotation-table.ts';
import { settingNames } from '../setting-table.ts';
import { unsupportedAnnotations } from '../unsupported-annotations.ts';
import { unsupportedSettings } from '../unsupported-settings.ts';
import { renderAnnotationsPage } from './annotations-page.ts';
import { renderAnnotationsSchema } from './annotations-schema.ts';
import { renderConfigmapPage } from './configmap-page.ts';
import { renderTable, renderYamlLine } from './markdown.ts';

describe('the pages', () => {
  it('have a section for each annotation and a row for each that is not supported', () => {
    const page = renderAnnotationsPage();
    for (const { name } of annotationTable) expect(page).toContain(`\n### ${name}\n`);
    for (const name of unsupportedAnnotations.keys()) expect(page).toContain(`\n| \`${name}\` |`);
  });

  it('have a section for each setting and a row for each that is not supported', () => {
    const page = renderConfigmapPage();
    for (const name of settingNames) expect(page).toContain(`\n### ${name}\n`);
    for (const name of unsupportedSettings.keys()) expect(page).toContain(`\n| \`${name}\` |`);
  });

  it('escape what would break a table or a line of YAML', () => {
    expect(renderTable(['a'], [['x|y']])).toBe('| a |\n| --- |\n| x\\|y |');
    expect(renderYamlLine('key', "it's")).toBe("```yaml\nkey: 'it''s'\n```");
  });
});

describe('the JSON schema', () => {
  it('has each annotation with its older names, and accepts its examples', () => {
    const { properties } = JSON.parse(renderAnnotationsSchema('example.com'));
    expect(Object.keys(properties)).toEqual(
      annotationTable.flatMap(({ name, aliases }) => [name, ...aliases].map((each) => `example.com/${each}`)),
    );
    for (const { name, example } of annotationTable) {
      const { pattern = '', enum: words = [example], examples } = properties[`example.com/${name}`];
      expect([name, new RegExp(pattern, 'u').test(example), [...words].includes(example), examples]).toEqual([
        name,
        true,
        true,
        [example],
      ]);
    }
  });
});
