/**
 * Duty: that no text of an object becomes configuration. Whatever stands in an Ingress, Service, EndpointSlice, Secret or
 * ConfigMap, nginx gets the directives that were planned, others' hosts stay as they are, and nginx takes the whole.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderAnnotationsSchema, renderConfigmapPage, variableNames } from '@gatehouse/annotations';
import type { RenderOptions } from '@gatehouse/nginx';
import type { HostModel } from '@gatehouse/routing';
import { makeCertificate, serversIn } from '@gatehouse/testing';
import fc from 'fast-check';
import { makePlace, renderOptionsFor, type NginxPlace } from './harness/bare-nginx.ts';
import {
  annotationSlots,
  EVIL_HOST,
  neighbours,
  objectSlots,
  secretSlots,
  settingSlots,
  type Slot,
} from './injection/attacked-objects.ts';
import { configure, type Configuration } from './injection/configure.ts';
import { extremeValues, hostileLike, MARK } from './injection/hostile-text.ts';
import { argumentsWith, learnVocabulary, strangersIn, type Vocabulary } from './injection/shape.ts';
import { TestedConfigs } from './injection/tested-configs.ts';

const seed = Number(process.env['GATEHOUSE_SEED'] ?? Date.now() % 2 ** 31);
const RUNS_OF_EACH_SLOT = 15;

let place: NginxPlace;
let options: RenderOptions;
let tested: TestedConfigs;
let vocabulary: Vocabulary;
let undisturbed: Configuration;
let slots: readonly Slot[];

beforeAll(async () => {
  place = await makePlace();
  options = renderOptionsFor(place);
  tested = new TestedConfigs(place);
  const pair = await makeCertificate({ hosts: [EVIL_HOST] });
  slots = [
    ...objectSlots,
    ...annotationSlots(annotationExamples()),
    ...settingSlots(settingExamples()),
    ...secretSlots(pair),
  ];
  const withoutKeepAlive = settingSlots({ 'upstream-keepalive-connections': '0' });
  const harmless = [...slots, ...withoutKeepAlive].map(({ example, write }) => configure(write(example), options));
  vocabulary = learnVocabulary(
    harmless.map(({ tree }) => tree),
    variableNames,
  );
  undisturbed = configure(neighbours, options);
  console.log(`hostile texts of seed ${seed}; GATEHOUSE_SEED=${seed} repeats them`);
});
afterAll(() => place.remove());

/** Every annotation that is supported, with the example of its documentation. */
function annotationExamples(): Readonly<Record<string, string>> {
  const { properties } = JSON.parse(renderAnnotationsSchema('')) as {
    readonly properties: Readonly<Record<string, { readonly examples: readonly [string] }>>;
  };
  return Object.fromEntries(Object.entries(properties).map(([name, { examples }]) => [name.slice(1), examples[0]]));
}

/** Every key of the ConfigMap that is supported, with the example of its documentation. */
function settingExamples(): Readonly<Record<string, string>> {
  const found = renderConfigmapPage().matchAll(/^### (\S+)\n[^]*?```yaml\n\1: (.*)\n/gm);
  return Object.fromEntries(
    Array.from(found, ([, name = '', value = '']) => [name, value.replace(/^["'](.*)["']$/, '$1')]),
  );
}

/** Where a text of a user may stand, and nowhere else. */
const PLACES_OF_TEXT = [
  'http/server/server_name',
  'http/server/location',
  'http/server/location/return',
  'http/server/location/rewrite',
  'http/server/location/proxy_set_header',
  'http/server/location/grpc_set_header',
];
/** Names and paths out of narrow alphabets. */
const PLACES_OF_NAMES = ['http/upstream/server', 'http/server/location/set', 'http/map/*', 'http/ssl_ciphers'];
/** What errors are about: names are segments of a path there, with everything else encoded. */
const ERROR_SUBJECT = 'http/server/location/root';
const ENCODED_NAMES = /^\/(?:anew|once)\/[a-z]+\/[a-z-]+(?:\/[\w.!~*'()%-]+){4}$/;

/** The text of the configuration in blocks: what stands before, each upstream, each server. */
function blocksOf({ text }: Configuration): readonly string[] {
  return text.replace(/^ {4}# Why there is an error[^]*/m, '').split(/(?=^ {4}(?:server|upstream) )/m);
}

/** Those of the neighbours: no head, no catch-all. */
function neighbourBlocks(configuration: Configuration): readonly string[] {
  return blocksOf(configuration).filter((block) => /^ {4}(?:upstream|server [^]*server_name (?!_;))/.test(block));
}

/**
 * What stands before, but for a size that follows the longest name of all hosts, and for the module that nginx loads where
 * it is not built in, as soon as there is any TCP service.
 */
function headOf(configuration: Configuration): string {
  return (blocksOf(configuration)[0] ?? '')
    .replace(/server_names_hash_bucket_size \d+/, '')
    .replace(/^load_module "[^"]*ngx_stream_module\.so";\n/m, '');
}

/** What a text looks like where it stands: paths are decoded, expressions escaped, dollar signs a constant. */
function appearancesOf(arg: string): readonly string[] {
  return [arg, arg.replace(/\\(.)/gsu, '$1'), arg.replaceAll('${gatehouse_dollar}', '$')];
}

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString());
}

function isWhole(arg: string, text: string): boolean {
  const wanted = [text, text.trim(), decoded(text), decoded(text).replace(/\/$/, ''), text.replace(/^\*/, '')];
  return appearancesOf(arg).some((seen) => wanted.some((one) => seen.includes(one)));
}

/** How many locations the routes of a host need: one or two for each, one for the rest, one for each kind of error page. */
function plannedLocations({ routes, appRoot }: HostModel): number {
  const hasRegex = routes.some(({ match }) => match === 'regex');
  const exact = new Set(routes.filter(({ match }) => match === 'exact').map(({ path }) => path));
  const needs = routes.map(({ match, path }) => {
    if (path === '/' && match === 'exact' && appRoot !== undefined) return 0;
    const isPlain = match === 'prefix' && path !== '/' && !hasRegex && Buffer.byteLength(path) < 255;
    return isPlain && !exact.has(path) ? 2 : 1;
  });
  const hasRoot = routes.some(({ match, path }) => match === 'prefix' && path === '/');
  return needs.reduce((sum, each) => sum + each, (hasRoot ? 0 : 1) + (appRoot === undefined ? 0 : 1));
}

/** Behind those of the hosts: the one that asks for error pages, and the one that answers with the digest. */
const OWN_SERVERS = 2;

function checkCounts({ resolution, bundle, tree }: Configuration): void {
  const { hosts } = resolution.model;
  const servers = serversIn(tree);
  expect(servers).toHaveLength(hosts.length + OWN_SERVERS);
  const isRefused = bundle.problems.some(({ code }) => code.startsWith('Path'));
  for (const [index, host] of hosts.entries()) {
    const locations = (servers[index]?.block ?? []).filter(({ name }) => name === 'location');
    const forRequests = locations.filter(({ args }) => args[0]?.startsWith('@') !== true);
    if (isRefused) expect(forRequests.length).toBeLessThanOrEqual(plannedLocations(host));
    else
      expect({ host: host.name, count: forRequests.length }).toEqual({
        host: host.name,
        count: plannedLocations(host),
      });
  }
}

function checkCase(slot: Slot, text: string): void {
  const configuration = configure(slot.write(text), options);
  tested.add(configuration.bundle, `${slot.name} ${JSON.stringify(text)}`);
  expect(strangersIn(configuration.tree, vocabulary)).toEqual([]);
  for (const { place: found, arg } of argumentsWith(configuration.tree, MARK)) {
    expect([...PLACES_OF_TEXT, ...PLACES_OF_NAMES, ERROR_SUBJECT]).toContain(found);
    if (found === ERROR_SUBJECT) expect(arg).toMatch(ENCODED_NAMES);
    const isComposed = text.includes('$') && found !== 'http/server/location';
    // server-alias is a list, each name of which stands by itself.
    const texts =
      found === 'http/server/server_name' ? text.split(/[\s,]+/).filter((one) => one.includes(MARK)) : [text];
    const isOneWhole = texts.some((one) => isWhole(arg, one));
    if (PLACES_OF_TEXT.includes(found) && !isComposed) expect([arg, isOneWhole]).toEqual([arg, true]);
  }
  checkCounts(configuration);
  if (slot.reach === 'settings') return;
  expect(headOf(configuration)).toBe(headOf(undisturbed));
  expect(neighbourBlocks(configuration)).toEqual(expect.arrayContaining([...neighbourBlocks(undisturbed)]));
}

describe('a hostile text', () => {
  it('has every annotation and every setting to stand in', () => {
    expect(Object.keys(annotationExamples())).toHaveLength(23);
    expect(Object.keys(settingExamples()).length).toBeGreaterThanOrEqual(25);
  });

  it('becomes no directive, no argument and no variable, and no neighbour notices, wherever it stands', () => {
    for (const slot of slots) {
      const texts = hostileLike(slot.example);
      const check = fc.property(texts, (text) => checkCase(slot, text));
      const found = fc.check(check, { numRuns: RUNS_OF_EACH_SLOT, seed });
      if (found.failed)
        throw new Error(`${slot.name}: ${fc.defaultReportMessage(found) ?? ''}`, { cause: found.errorInstance });
    }
  });

  it('is no worse for being a value that looks well', () => {
    for (const slot of slots.filter(({ name }) => /^(?:annotation|setting) /.test(name))) {
      for (const text of extremeValues) checkCase(slot, text);
    }
  });

  it('leaves a configuration that nginx takes', async () => {
    expect(tested.size).toBeGreaterThan(100);
    expect(await tested.objections()).toEqual([]);
  }, 60_000);
});
