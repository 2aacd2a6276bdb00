/**
 * Duty: letting links lead to newer certificates while nginx runs: each is tried in a handshake before any client can see
 * it, and the proof is a handshake afterwards. One that nginx cannot use hurts only who asked for it.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askCertificate } from './ask-certificate.ts';
import type { KeyLink, KeyStore } from './key-store.ts';
import type { RuntimeLayout } from './runtime-layout.ts';

export interface Renewal {
  /** Links that lead to another certificate now. */
  readonly renewed: readonly KeyLink[];
  /** Links whose certificate nginx cannot use. */
  readonly unusable: readonly KeyLink[];
}

/** So many handshakes at a time: each costs nginx and us a signature. */
const AT_A_TIME = 8;

/** Links that stay as they were are `unusable`. Throws when nginx does not answer, or shows another certificate afterwards. */
export async function renewCertificates(
  layout: RuntimeLayout,
  store: KeyStore,
  wanted: readonly KeyLink[],
): Promise<Renewal> {
  const unusable = new Set(await findUnusable(layout, wanted));
  const renewed = wanted.filter((link) => !unusable.has(link));
  for (const link of renewed) await store.point(link);
  await eachOf(renewed, async ({ link, file }) => {
    const shown = await askCertificate(layout.tlsSocket, link);
    if (shown.kind === 'shown' && !(await isIn(join(layout.keys, file), shown.leaf))) {
      throw new Error(`nginx shows another certificate than that of ${file}`);
    }
  });
  return { renewed, unusable: [...unusable] };
}

/** Those of the links whose files nginx cannot load; where they lead now does not matter. */
export async function findUnusable(layout: RuntimeLayout, links: readonly KeyLink[]): Promise<readonly KeyLink[]> {
  const unusable: KeyLink[] = [];
  await eachOf(links, async (link) => {
    if ((await askCertificate(layout.tlsSocket, link.file)).kind === 'unusable') unusable.push(link);
  });
  return unusable;
}

async function isIn(file: string, leaf: Uint8Array): Promise<boolean> {
  return new X509Certificate(await readFile(file)).raw.equals(leaf);
}

async function eachOf<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const runner = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, runner));
}
