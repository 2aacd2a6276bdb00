import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, readdir, readFile, readlink, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { objectKey } from '@gatehouse/core';
import type { Certificate } from '@gatehouse/routing';
import { makeNginxSandbox, type NginxSandbox } from '@gatehouse/testing';
import { createGenerationStore, type GenerationStore } from './generation-store.ts';
import { createKeyStore } from './key-store.ts';
import { prepareConfig } from './prepare-runtime.ts';
import { runtimeLayout, type RuntimeLayout } from './runtime-layout.ts';

let sandbox: NginxSandbox;
let layout: RuntimeLayout;
let store: GenerationStore;

beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  layout = runtimeLayout(sandbox.directory);
  await prepareConfig(layout);
  store = createGenerationStore(layout, createKeyStore(layout));
});
afterEach(() => sandbox.remove());

const certificate = (text: string): Certificate => ({
  id: text,
  secret: objectKey('default', text),
  pem: Buffer.from(text),
});
const withCertificates = (answer: string, ...names: string[]) =>
  sandbox.bundle(answer, { certificates: new Map(names.map((name) => [`${name}.pem`, certificate(name)])) });
const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

describe('the generations on disk', () => {
  it('are written beside each other, and one is current', async () => {
    const [one, two] = [sandbox.bundle('one'), sandbox.bundle('two')];
    await store.write(one);
    await store.switchTo(one.digest);
    await store.write(two);
    expect(await store.current()).toBe(one.digest);
    await store.switchTo(two.digest);
    expect(await store.current()).toBe(two.digest);
    expect(await readFile(layout.currentConfig, 'utf8')).toBe(two.files.get('nginx.conf'));
  });

  it('are none at first, and none again', async () => {
    expect(await store.current()).toBeUndefined();
    const one = sandbox.bundle('one');
    await store.write(one);
    await store.switchTo(one.digest);
    await store.switchTo(undefined);
    expect(await store.current()).toBeUndefined();
  });

  it('are removed but for those that are named, with what belongs to them alone', async () => {
    const [one, two, three] = [withCertificates('1', 'a', 'b'), withCertificates('2', 'b'), withCertificates('3', 'c')];
    for (const bundle of [one, two, three]) await store.write(bundle);
    await store.keepOnly([two.digest, three.digest, undefined]);
    expect((await readdir(layout.generations)).sort()).toEqual([two.digest, three.digest].sort());
    expect((await readdir(layout.keys)).sort()).toEqual(['b.pem', 'c.pem', 'default.pem']);
  });

  it('keep keys to their owner', async () => {
    await store.write(withCertificates('one', 'a'));
    expect(await modeOf(join(layout.keys, 'a.pem'))).toBe('600');
    expect(await modeOf(layout.defaultCertificate)).toBe('600');
    expect(await modeOf(layout.keys)).toBe('700');
  });

  it('never write a certificate again that is there', async () => {
    await store.write(withCertificates('one', 'a'));
    const file = join(layout.keys, 'a.pem');
    await utimes(file, 1, 1);
    await store.write(withCertificates('two', 'a'));
    expect((await stat(file)).mtimeMs).toBe(1000);
  });

  it('show at once what a Secret has that was gone, and is there again with another key', async () => {
    const link = `${'a'.repeat(64)}.live`;
    const withLink = (answer: string, text?: string) =>
      sandbox.bundle(answer, {
        certificates: new Map(text === undefined ? [] : [[`${text}.pem`, certificate(text)]]),
        certificateLinks: new Map<string, Certificate | undefined>([
          ...(text === undefined ? [] : [[link, certificate(text)] as const]),
          ['default.live', undefined],
        ]),
      });
    const [first, without, again] = [withLink('1', 'old'), withLink('2'), withLink('3', 'new')];
    let before: string | undefined;
    for (const bundle of [first, without]) {
      expect(await store.write(bundle)).toEqual([]);
      await store.switchTo(bundle.digest);
      await store.keepOnly([bundle.digest, before]);
      before = bundle.digest;
    }
    expect(await readlink(join(layout.keys, link))).toBe('old.pem');
    expect(await store.write(again)).toEqual([]);
    expect(await readlink(join(layout.keys, link))).toBe('new.pem');
    await store.switchTo(again.digest);
    expect(await store.write(withLink('4', 'newest'))).toEqual([{ link, file: 'newest.pem' }]);
    expect(await readlink(join(layout.keys, link))).toBe('new.pem');
  });

  it('leave no half-written file when writing fails', async () => {
    const bundle = sandbox.bundle('one');
    await mkdir(join(layout.generations, bundle.digest, 'nginx.conf'), { recursive: true });
    await expect(store.write(bundle)).rejects.toThrow();
    expect(await readdir(join(layout.generations, bundle.digest))).toEqual(['nginx.conf']);
  });

  it('repair a file that somebody damaged', async () => {
    const bundle = sandbox.bundle('one');
    await store.write(bundle);
    const file = join(layout.generations, bundle.digest, 'nginx.conf');
    await writeFile(file, 'damaged');
    await store.write(bundle);
    expect(await readFile(file, 'utf8')).toBe(bundle.files.get('nginx.conf'));
  });

  it.each(['../escape', '/etc/passwd', '.', '..', '', 'a/b', '.hidden', 'a\0b', 'a\nb'])(
    'refuse the file name %j',
    async (name) => {
      await expect(store.write({ ...sandbox.bundle('x'), files: new Map([[name, '']]) })).rejects.toThrow('plain');
      await expect(
        store.write({ ...sandbox.bundle('x'), certificates: new Map([[name, certificate('a')]]) }),
      ).rejects.toThrow('plain');
    },
  );

  it('do not mind what a predecessor left half done', async () => {
    await symlink('nowhere', `${layout.current}.0123.part`);
    await mkdir(join(layout.generations, 'abandoned'));
    const bundle = sandbox.bundle('one');
    await store.write(bundle);
    await store.switchTo(bundle.digest);
    await store.keepOnly([bundle.digest]);
    expect(await readdir(layout.generations)).toEqual([bundle.digest]);
  });
});
