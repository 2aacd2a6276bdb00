import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHook } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { objectKey } from '@gatehouse/core';
import type { Bundle } from '@gatehouse/nginx';
import type { Certificate } from '@gatehouse/routing';
import { aBundle, makeNginxSandbox, type NginxSandbox } from '@gatehouse/testing';
import { createKeyStore, type KeyStore } from './key-store.ts';
import { prepareConfig } from './prepare-runtime.ts';
import { runtimeLayout, type RuntimeLayout } from './runtime-layout.ts';

let sandbox: NginxSandbox;
let layout: RuntimeLayout;
let store: KeyStore;

beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  layout = runtimeLayout(sandbox.directory);
  await prepareConfig(layout);
  store = createKeyStore(layout);
});
afterEach(() => sandbox.remove());

const idOf = (text: string) => createHash('sha256').update(text).digest('hex');
const linkOf = (name: string) => `${idOf(name)}.live`;
const certificate = (text: string): Certificate => ({
  id: idOf(text),
  secret: objectKey('default', 'x'),
  pem: Buffer.from(text),
});

/** Links by the name of their Secret, to certificates by their text. */
function linked(links: Readonly<Record<string, string>>) {
  const entries = Object.entries(links).map(([name, text]) => [linkOf(name), certificate(text)] as const);
  return aBundle({
    certificates: new Map(entries.map(([, one]) => [`${one.id}.pem`, one])),
    certificateLinks: new Map<string, Certificate | undefined>([...entries, ['default.live', undefined]]),
  });
}

/** As for a configuration that runs: all its links are followed. */
const write = (bundle: Bundle, { to = store } = {}) => to.write(bundle, bundle.certificateLinks);
const path = (name: string) => join(layout.keys, name);
const shown = (name: string) => readFileSync(path(linkOf(name)), 'utf8');
const isRoot = process.getuid?.() === 0;

/** How many times the file system is asked for something during `work`. */
async function looksAtFiles(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const hook = createHook({ init: (_, type) => void (count += Number(type === 'FSREQPROMISE')) }).enable();
  await work().finally(() => hook.disable());
  return count;
}

describe('certificates on disk', () => {
  it('are found by links that are made with them, the default one last', async () => {
    expect(await write(linked({ a: 'one', b: 'two', c: 'one' }))).toEqual([]);
    expect(['a', 'b', 'c'].map(shown)).toEqual(['one', 'two', 'one']);
    expect(readFileSync(path('default.live'), 'utf8')).toBe(readFileSync(layout.defaultCertificate, 'utf8'));
    const madeMs = readdirSync(layout.keys).map((name) => [name, lstatSync(path(name)).ctimeMs] as const);
    const last = madeMs.reduce((newest, one) => (one[1] >= newest[1] ? one : newest));
    expect(lstatSync(path('default.live')).ctimeMs).toBe(last[1]);
  });

  it('leave a link where it is until it is told to lead elsewhere', async () => {
    await write(linked({ a: 'one' }));
    const outdated = await write(linked({ a: 'two', b: 'two' }));
    expect(outdated).toEqual([{ link: linkOf('a'), file: `${idOf('two')}.pem` }]);
    expect([shown('a'), shown('b')]).toEqual(['one', 'two']);
    for (const link of outdated) await store.point(link);
    expect(shown('a')).toBe('two');
    expect(await write(linked({ a: 'two', b: 'two' }))).toEqual([]);
  });

  it('are at no moment without a link while it changes', async () => {
    await write(linked({ a: 'one' }));
    let [isOver, reads] = [false, 0];
    const reader = (async () => {
      for (; !isOver; reads += 1) {
        expect(['one', 'two']).toContain(shown('a'));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let count = 0; count < 100; count += 1) {
      for (const link of await write(linked({ a: count % 2 === 0 ? 'two' : 'one' }))) await store.point(link);
    }
    isOver = true;
    await reader;
    expect(reads).toBeGreaterThan(10);
  });

  it('are shown at once where nobody follows the link yet', async () => {
    await write(linked({ a: 'one', b: 'one' }));
    const outdated = await store.write(linked({ a: 'two', b: 'two' }), new Set([linkOf('b'), 'default.live']));
    expect(outdated).toEqual([{ link: linkOf('b'), file: `${idOf('two')}.pem` }]);
    expect([shown('a'), shown('b')]).toEqual(['two', 'one']);
  });

  it('are known without a look at each link', async () => {
    const links = Object.fromEntries(Array.from({ length: 200 }, (_, number) => [String(number), 'one']));
    const bundle = linked(links);
    await write(bundle);
    const looks = await looksAtFiles(async () => {
      expect(await write(bundle)).toEqual([]);
      await store.keepOnly([...bundle.certificateLinks.keys()]);
    });
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThan(20);
  });

  it('are where they should be, whatever was told, lost or forgotten before', async () => {
    const texts = fc.constantFrom('one', 'two', 'three');
    const links = fc.dictionary(fc.constantFrom('a', 'b', 'c'), texts, { minKeys: 1 });
    const step = fc.record({
      before: fc.constantFrom('nothing', 'restart', 'loss', 'tidying'),
      links,
      followed: fc.subarray(['a', 'b', 'c']),
      isBroughtUp: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        for (const { before, links: wanted, followed, isBroughtUp } of steps) {
          if (before === 'restart') store = createKeyStore(layout);
          if (before === 'loss') rmSync(path(linkOf('a')), { force: true });
          if (before === 'tidying') await store.keepOnly([linkOf('b'), 'default.live']);
          const there = new Map(
            Object.keys(wanted).map((name) => [name, existsSync(path(linkOf(name))) && shown(name)]),
          );
          const outdated = await store.write(linked(wanted), new Set(followed.map(linkOf)));
          const late = new Set(outdated.map(({ link }) => link));
          for (const [name, text] of Object.entries(wanted)) {
            const stays = followed.includes(name) && there.get(name) !== false && there.get(name) !== text;
            expect([late.has(linkOf(name)), shown(name)]).toEqual([stays, stays ? there.get(name) : text]);
          }
          if (isBroughtUp) for (const link of outdated) await store.point(link);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('follow a new self-signed certificate by its content', async () => {
    await write(linked({}));
    const before = readlinkSync(path('default.live'));
    writeFileSync(layout.defaultCertificate, 'another');
    const [outdated] = await write(linked({}));
    expect(outdated).toEqual({ link: 'default.live', file: `${idOf('another')}.pem` });
    expect(before).not.toBe(outdated?.file);
  });

  it('go when nobody names them, and stay while a link that is named leads to them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('one', 'two', 'three')),
        fc.subarray(['a', 'b', 'c']),
        async (links, kept) => {
          const outdated = await write(linked(links));
          for (const link of outdated) await store.point(link);
          const names = kept.filter((name) => name in links).map(linkOf);
          await store.keepOnly([...names, 'default.live']);
          const expected = names.flatMap((name) => [name, readlinkSync(path(name))]);
          const standIn = ['default.live', readlinkSync(path('default.live')), 'default.pem'];
          expect(readdirSync(layout.keys).sort()).toEqual([...new Set([...expected, ...standIn])].sort());
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each(['../escape.live', '/etc/passwd', 'a/b', '.hidden'])(
    'refuse the name %j for a link and its file',
    async (name) => {
      await expect(store.point({ link: name, file: 'x.pem' })).rejects.toThrow('plain');
      await expect(store.point({ link: 'x.live', file: name })).rejects.toThrow('plain');
    },
  );

  it('are read by their owner alone', async () => {
    await write(linked({ a: 'one' }));
    const modes = readdirSync(layout.keys).map((name) => statSync(path(name)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(statSync(layout.keys).mode & 0o777).toBe(0o700);
  });

  (isRoot ? it : it.skip)(
    'are read by a group as well, when root writes them for workers of another user',
    async () => {
      await write(linked({ a: 'one' }));
      const group = 65_534;
      await prepareConfig(layout, group);
      const forGroup = createKeyStore(layout, group);
      await write(linked({ a: 'one', b: 'two' }), { to: forGroup });
      for (const name of ['one', 'two']) {
        const { uid, gid, mode } = statSync(path(`${idOf(name)}.pem`));
        expect([uid, gid, mode & 0o777]).toEqual([0, group, 0o640]);
      }
      const { uid, gid, mode } = statSync(layout.keys);
      expect([uid, gid, mode & 0o777]).toEqual([0, group, 0o710]);
      chmodSync(path(`${idOf('one')}.pem`), 0o600);
      await write(linked({ a: 'one' }), { to: createKeyStore(layout, group) });
      expect(statSync(path(`${idOf('one')}.pem`)).mode & 0o777).toBe(0o640);
    },
  );
});
