/**
 * Duty: the texts in the files of a brand directory, each read once, so that all layers see the same version of it. Must not
 * hold more of them than `KeptTexts` allows.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { err, ok, type Result } from '@gatehouse/core';
import { fileVersion, readBrandFile, type FileFault } from './brand-directory.ts';
import { encodeLogo, maxLogoBytes } from './encode-logo.ts';
import { KeptTexts } from './kept-texts.ts';

const maxTemplateBytes = 64 * 1024;

/** Errors are clauses that follow the file's name. */
export class BrandFiles {
  /** All files that were asked for, there or not, with their `fileVersion` from before they were read. */
  readonly versions = new Map<string, string>();
  readonly #directory: string;
  readonly #hash = createHash('sha256');
  readonly #kept = new KeptTexts();
  readonly #templates = new Map<string, Result<string>>();
  readonly #logos = new Map<string, Result<string>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async template(name: string): Promise<Result<string>> {
    const known = this.#templates.get(name);
    if (known !== undefined) return known;
    const text = await this.text(name, maxTemplateBytes);
    const kept = text.ok ? this.#kept.keep(text.value) : err(text.error.message);
    this.#templates.set(name, kept);
    return kept;
  }

  /** The image of a file as a `data:` URI. */
  async logo(name: string): Promise<Result<string>> {
    const known = this.#logos.get(name);
    if (known !== undefined) return known;
    const content = await this.#read(name, maxLogoBytes);
    const encoded = content.ok ? encodeLogo(name, content.value) : err(content.error.message);
    const kept = encoded.ok ? this.#kept.keep(encoded.value) : encoded;
    this.#logos.set(name, kept);
    return kept;
  }

  /** A logo that stands in brand.yaml itself. */
  logoUri(uri: string): Result<string> {
    return this.#kept.keep(uri);
  }

  async text(name: string, maxBytes: number): Promise<Result<string, FileFault>> {
    const content = await this.#read(name, maxBytes);
    return content.ok ? decodeText(content.value) : content;
  }

  /** Differs when what was read differs, or `outcome` does. */
  digest(outcome: string): string {
    return this.#hash.update(outcome).digest('base64');
  }

  async #read(name: string, maxBytes: number): Promise<Result<Buffer, FileFault>> {
    if (!this.versions.has(name)) this.versions.set(name, await fileVersion(join(this.#directory, name)));
    const content = await readBrandFile(this.#directory, name, maxBytes);
    const found = content.ok ? content.value : Buffer.from(content.error.message);
    this.#hash.update(JSON.stringify([name, content.ok, found.length])).update(found);
    return content;
  }
}

function decodeText(content: Buffer): Result<string, FileFault> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    return err({ kind: 'refused', message: 'is no UTF-8 text' });
  }
}
