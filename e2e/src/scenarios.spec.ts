import { describe, expect, it } from '@jest/globals';
import { defaultSettings, readAnnotations, renderAnnotationsSchema } from '@gatehouse/annotations';
import { anIngress } from '@gatehouse/testing';
import { join } from 'node:path';
import { directoryDriver } from './harness/directory-driver.ts';
import { annotationsAsked, readScenarios, reasonAgainst } from './harness/scenario.ts';
import { runScenario } from './harness/run-scenario.ts';

const DIRECTORY = join(import.meta.dirname, '../scenarios');
const PREFIX = 'nginx.ingress.kubernetes.io';

const all = readScenarios(DIRECTORY);
const runnable = all.filter((scenario) => reasonAgainst(scenario, 'nginx') === undefined);
const areas = Map.groupBy(runnable, ({ file }) => file.split('/')[0] ?? '');

describe.each([...areas])('%s', (_, scenarios) => {
  it.each(scenarios)('$sentence', (scenario) => runScenario(scenario, directoryDriver), 30_000);
});

describe('the scenarios together', () => {
  const { properties } = JSON.parse(renderAnnotationsSchema(PREFIX)) as { readonly properties: object };
  const honoured = all
    .flatMap(annotationsAsked)
    .filter((annotations) => isHonoured(annotations))
    .flatMap((annotations) => Object.keys(annotations));

  it.each(Object.keys(properties))('ask a real nginx about an Ingress with %s, of a value that is honoured', (name) => {
    expect(honoured).toContain(name);
  });

  it('have a sentence of their own each', () => {
    const sentences = all.map(({ sentence }) => sentence);
    expect(sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index)).toEqual([]);
  });
});

/** A value that is refused, or an annotation that is not supported, proves nothing of what the annotation does. */
function isHonoured(annotations: Readonly<Record<string, string>>): boolean {
  const { problems } = readAnnotations(anIngress({ annotations }), { prefix: PREFIX, settings: defaultSettings });
  return problems.length === 0;
}
