import { describe, expect, it } from '@jest/globals';
import { compareText } from '@gatehouse/core';
import { anIngress } from '@gatehouse/testing';
import { annotationTable } from './annotation-table.ts';
import { readAnnotations } from './read-annotations.ts';
import { settingTable } from './setting-table.ts';
import { defaultSettings } from './settings.ts';
import { unsupportedAnnotations } from './unsupported-annotations.ts';

const prefix = 'nginx.ingress.kubernetes.io';
const names = annotationTable.map((entry) => entry.name);
/** Those that ingress-nginx never had. */
const ours = ['delegate-hosts-to'];
const aliases = annotationTable.flatMap((entry) => entry.aliases);

/** Reads one annotation, together with the one that it needs. */
function readWithNeeded(name: string, text: string) {
  const { needs } = annotationTable.find((entry) => entry.name === name)!;
  const needed = annotationTable.find((entry) => entry.name === needs);
  const annotations = {
    ...(needed === undefined ? {} : { [`${prefix}/${needed.name}`]: needed.example }),
    [`${prefix}/${name}`]: text,
  };
  return readAnnotations(anIngress({ annotations }), { prefix, settings: defaultSettings });
}

function policyOfNeeded(name: string) {
  const needs = annotationTable.find((entry) => entry.name === name)!.needs;
  return needs === undefined
    ? defaultSettings.routes
    : readWithNeeded(needs, annotationTable.find((entry) => entry.name === needs)!.example).policy;
}

describe('the table of annotations', () => {
  it('is sorted by name', () => {
    expect(names).toEqual(names.toSorted(compareText));
  });

  it('has every name and alias once', () => {
    const all = [...names, ...aliases, ...unsupportedAnnotations.keys()];
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  it('knows every annotation of ingress-nginx, supported or not: 136 with 2 older names', () => {
    const known = [...names, ...unsupportedAnnotations.keys()];
    expect(known.filter((name) => name !== 'limit-whitelist' && !ours.includes(name))).toHaveLength(136);
    expect([...aliases, 'limit-whitelist']).toEqual(['whitelist-source-range', 'limit-whitelist']);
    expect(unsupportedAnnotations.has('limit-whitelist')).toBe(true);
  });

  it.each(annotationTable)(
    '$name names only settings and annotations that exist, and needs what acts before it',
    (entry) => {
      expect(entry.setting === undefined || entry.setting in settingTable).toBe(true);
      expect(entry.needs === undefined || names.indexOf(entry.needs) < names.indexOf(entry.name)).toBe(true);
      expect(entry.needs === undefined || names.includes(entry.needs)).toBe(true);
    },
  );

  it.each(annotationTable)('$name has an example that changes the policy without any Problem', ({ name, example }) => {
    const { policy, problems } = readWithNeeded(name, example);
    expect(problems).toEqual([]);
    expect(policy).not.toEqual(policyOfNeeded(name));
  });

  it.each(annotationTable)('$name has a default that changes nothing', ({ name, defaultText, setting }) => {
    const text = defaultText ?? (setting === undefined ? '' : settingTable[setting].defaultText);
    if (text === '') return;
    expect(readWithNeeded(name, text)).toEqual({ policy: policyOfNeeded(name), canary: false, problems: [] });
  });

  it.each(annotationTable)('$name has sentences that can be printed', ({ summary, value }) => {
    expect(summary).toMatch(/^[A-Z].*\.$/);
    expect(value.english).not.toMatch(/^[A-Z][a-z]|\.$/);
  });

  it.each([...unsupportedAnnotations])('%s, which is not supported, comes with advice', (_, { advice }) => {
    expect(advice).toMatch(/^\S.*[^.]$/);
  });

  it("has the settings' own grammar where an annotation overrides a setting", () => {
    for (const { setting, example, value } of annotationTable) {
      if (setting === undefined) continue;
      expect(settingTable[setting].value.parse(example)).toEqual(value.parse(example));
    }
  });
});
