/**
 * Duty: the certificates of a configuration that runs, where nginx reads them at each handshake: bringing links to what
 * they should lead to, and finding out which certificates nginx cannot use.
 */
import type { Bundle } from '@gatehouse/nginx';
import type { UnusableCertificate } from '@gatehouse/pipeline';
import type { KeyLink, KeyStore } from './key-store.ts';
import { findUnusable, renewCertificates } from './renew-certificates.ts';
import type { RuntimeLayout } from './runtime-layout.ts';

/**
 * A configuration may bring thousands of new certificates, and a handshake for each would keep it waiting; all of them were
 * read before. So many are tried, the others after the next changes.
 */
const MOST_TRIALS = 256;

export class LiveCertificates {
  readonly #layout: RuntimeLayout;
  readonly #store: KeyStore;
  /** Files that nginx could use. */
  #tried = new Set<string>();

  constructor(layout: RuntimeLayout, store: KeyStore) {
    this.#layout = layout;
    this.#store = store;
  }

  /**
   * Lets `outdated` links of a bundle whose configuration runs lead to what it says. A new certificate that nginx cannot
   * use never takes the place of one that it can; where there is none before, the self-signed one does. Throws when nginx does
   * not answer, or can use none.
   */
  async bringUp(bundle: Bundle, outdated: readonly KeyLink[]): Promise<readonly UnusableCertificate[]> {
    const links = await this.#wanted(bundle);
    const standIn = links.find(({ link }) => bundle.certificateLinks.get(link) === undefined);
    if (standIn === undefined) return [];
    if ((await findUnusable(this.#layout, [standIn])).length > 0) {
      throw new Error(
        "nginx' worker processes cannot use the self-signed certificate; they may have no right to read it",
      );
    }
    const waiting = new Set(outdated.map(({ link }) => link));
    const fresh = links.filter(({ link, file }) => !waiting.has(link) && !this.#tried.has(file)).slice(0, MOST_TRIALS);
    const unusable = [...(await findUnusable(this.#layout, fresh))];
    for (const { link } of unusable) await this.#store.point({ link, file: standIn.file });
    const renewal = await renewCertificates(this.#layout, this.#store, outdated);
    unusable.push(...renewal.unusable);
    this.#note(links, { tried: [...fresh, ...renewal.renewed], unusable });
    const told: UnusableCertificate[] = [];
    for (const { link } of unusable) {
      const secret = bundle.certificateLinks.get(link)?.secret;
      const isSelfSigned = (await this.#store.leadsTo(link)) === standIn.file;
      if (secret !== undefined)
        told.push({ secret, standsIn: isSelfSigned ? 'the self-signed one' : 'the one before' });
    }
    return told;
  }

  async #wanted({ certificateLinks }: Bundle): Promise<readonly KeyLink[]> {
    const links: KeyLink[] = [];
    for (const [link, certificate] of certificateLinks) {
      const file = certificate === undefined ? await this.#store.leadsTo(link) : `${certificate.id}.pem`;
      if (file !== undefined) links.push({ link, file });
    }
    return links;
  }

  /** What is not wanted any more is forgotten, and what was not tried is never taken for good. */
  #note(wanted: readonly KeyLink[], { tried, unusable }: Record<'tried' | 'unusable', readonly KeyLink[]>): void {
    const good = new Set([...this.#tried, ...tried.map(({ file }) => file)]);
    for (const { file } of unusable) good.delete(file);
    this.#tried = new Set(wanted.map(({ file }) => file).filter((file) => good.has(file)));
  }
}
