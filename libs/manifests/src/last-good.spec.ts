import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readManifestText, type ManifestFile } from './manifest-file.ts';
import { Manifests } from './manifests.ts';

const ingress = (rules: string, name = 'shop'): string =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: ${name} }\nspec:\n  rules: ${rules}\n`;
const service = (ports: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: shop }\nspec: { ports: ${ports} }\n`;
const GOOD = ingress('[{ host: a.example }, { host: b.example }]');

/** What a file says at last that had these texts one after another. */
function after(...texts: readonly string[]): Manifests {
  let file: ManifestFile | undefined;
  for (const text of texts) file = readManifestText('shop.yaml', text, file);
  return new Manifests(file === undefined ? [] : [file]);
}

/** `name: host host` of every Ingress. */
function hosts({ objects }: Manifests): readonly string[] {
  return objects.flatMap((object) =>
    object.kind === 'Ingress' ? [`${object.ref.name}: ${object.rules.map(({ host }) => host).join(' ')}`] : [],
  );
}

describe('an object that is malformed after an edit', () => {
  it.each([
    ['as a whole', ingress('7')],
    ['in a part', ingress('[{ host: 7 }, { host: c.example }]')],
    ['in its version', GOOD.replace('networking.k8s.io/v1', 'networking.k8s.io/v7')],
    ['twice over', `${ingress('7')}---\n${ingress('[{ host: c.example }]')}`],
  ])('%s keeps the whole of its last good form, and is told with its place', (_, text) => {
    const manifests = after(GOOD, text);
    expect(hosts(manifests)).toEqual(['shop: a.example b.example']);
    const [problem] = manifests.problems;
    expect(problem?.code).toBe('ObjectMalformed');
    expect(manifests.placeOf(problem!)).toMatchObject({ file: 'shop.yaml', line: expect.any(Number) });
  });

  it('keeps it over further malformed edits and over texts that are no YAML', () => {
    expect(hosts(after(GOOD, ingress('7'), 'a: [', ingress('8')))).toEqual(['shop: a.example b.example']);
  });

  it('gives up with its removal from the file what it kept', () => {
    expect(hosts(after(GOOD, ingress('7'), ''))).toEqual([]);
    expect(hosts(after(GOOD, '', ingress('[{ host: 7 }, { host: c.example }]')))).not.toContain(
      'shop: a.example b.example',
    );
  });

  it('takes nothing from an object of another kind or name', () => {
    expect(after(service('[]'), ingress('7')).objects.map(({ kind }) => kind)).not.toContain('Service');
    expect(hosts(after(GOOD, ingress('[{ host: 7 }, { host: c.example }]', 'other')))).not.toContain(
      'other: a.example b.example',
    );
  });

  it('is used as far as it can be read when it was never better', () => {
    const reduced = ingress('[{ host: c.example }, 7]');
    expect(hosts(after(reduced))).toEqual(hosts(after(ingress('7'), reduced)));
    expect(hosts(after(reduced)).join()).toContain('c.example');
  });

  it('always leaves each object at its last good form, whatever happens to the others', () => {
    const form = fc.constantFrom('absent', 'malformed', 'v1', 'v2');
    const texts = fc.array(fc.record({ a: form, b: form, isBroken: fc.boolean() }), { minLength: 1, maxLength: 8 });
    const write = (name: string, state: string): string => {
      if (state === 'absent') return '';
      return `---\n${ingress(state === 'malformed' ? '7' : `[{ host: ${state}.example }]`, name)}`;
    };
    fc.assert(
      fc.property(texts, (history) => {
        const expected = new Map<string, string>();
        for (const { isBroken, ...forms } of history) {
          if (isBroken) continue;
          for (const [name, state] of Object.entries(forms)) {
            if (state === 'absent') expected.delete(name);
            else if (state !== 'malformed') expected.set(name, `${name}: ${state}.example`);
          }
        }
        const written = history.map(
          ({ a, b, isBroken }) => `${write('a', a)}${write('b', b)}${isBroken ? '---\na: [\n' : ''}`,
        );
        const found = hosts(after(...written)).filter((line) => !line.endsWith(': '));
        expect([...found].sort()).toEqual([...expected.values()].sort());
      }),
    );
  });
});
