/**
 * Duty: one page as it is for everybody, but for the reference number: the bytes around it, compressed and not.
 */
import type { ErrorReason, Language, PageFormat, PreparedBrand } from '@gatehouse/error-pages';
import { randomBytes } from 'node:crypto';
import type { BackgroundQueue } from './background-queue.ts';
import { putBetween, toByteString, type ByteString } from './byte-string.ts';
import type { ContentCoding } from './content-coding.ts';
import { pageHeaders, type RetryAfter } from './page-headers.ts';
import { makeStencil, type Stencil } from './stencil.ts';

/** What a page hangs on, beside its reference number. */
export interface PageChoice {
  readonly brand: PreparedBrand;
  readonly status: number;
  readonly reason: ErrorReason | undefined;
  readonly format: PageFormat;
  readonly language: Language;
}

/** A page with less is one packet as it is. */
const LEAST_COMPRESSED_BYTES = 1024;

/** Lengths of nginx' numbers and our own, and of UUIDs. With any other, which a client made up, a page is sent as it is. */
const COMPRESSED_LENGTHS = [32, 36];

/** Numbers that every format writes as they are. */
const PLAIN_NUMBER = /^[A-Za-z0-9._-]+$/;

/** Stands for the number while the page is cut. Nobody has it in a template, since it is new with each start. */
const MARK = randomBytes(16).toString('hex');

/** A page that is the same around these as around the mark does nothing with a number but print it. */
const OTHER_NUMBERS = ['1', 'aZ_.-'.repeat(12)];

/** What a page takes in memory beside its text and its compressed forms: objects, headers, its entry in a map. */
const BESIDE_BYTES = 2 * 1024;

export interface StockOptions {
  /** Where pages are compressed. */
  readonly queue: BackgroundQueue;
  readonly retryAfter: RetryAfter;
}

export class StockPage {
  /** Of the answer, all but length and compression; as `response.writeHead` takes them. */
  readonly headers: readonly string[];
  #bytes: number;
  readonly #onGrown: (page: StockPage, bytes: number) => void;
  readonly #choice: PageChoice;
  /** Undefined when the page cannot be cut. */
  readonly #parts: readonly ByteString[] | undefined;
  readonly #isCompressible: boolean;
  readonly #queue: BackgroundQueue;
  /** By coding and length of the number; undefined while it is made, and when it could not be made. */
  readonly #stencils = new Map<string, Stencil | undefined>();

  /** `onGrown` is told how much more it takes when a compressed form was made. */
  constructor(
    choice: PageChoice,
    { queue, retryAfter }: StockOptions,
    onGrown: (page: StockPage, bytes: number) => void,
  ) {
    this.#choice = choice;
    this.#onGrown = onGrown;
    this.#queue = queue;
    const parts = this.#render(MARK).split(MARK);
    const isCut = OTHER_NUMBERS.every((number) => this.#render(number) === parts.join(number));
    const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    this.#bytes = BESIDE_BYTES + bytes;
    this.#parts = isCut ? parts.map(toByteString) : undefined;
    this.#isCompressible = isCut && bytes >= LEAST_COMPRESSED_BYTES;
    this.headers = pageHeaders({ ...choice, retryAfter, isCompressible: this.#isCompressible });
  }

  /** All that it takes, with the compressed forms that there are by now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The page with this number, as it is. */
  plain(reference: string): ByteString {
    const parts = this.#parts;
    if (parts === undefined || !PLAIN_NUMBER.test(reference)) return toByteString(this.#render(reference));
    return putBetween(parts, reference);
  }

  /** The same, compressed. Undefined when there is no such form; the first who asks for one has it made for the others. */
  compressed(reference: string, coding: ContentCoding): ByteString | undefined {
    const { length } = reference;
    if (!this.#isCompressible || !COMPRESSED_LENGTHS.includes(length) || !PLAIN_NUMBER.test(reference))
      return undefined;
    const key = `${coding}/${length}`;
    const stencil = this.#stencils.get(key);
    if (stencil !== undefined) return stencil.fill(reference);
    if (!this.#stencils.has(key) && this.#queue.add(() => this.#compress(key, { coding, length }))) {
      this.#stencils.set(key, undefined);
    }
    return undefined;
  }

  async #compress(key: string, { coding, length }: { coding: ContentCoding; length: number }): Promise<void> {
    const stencil = await makeStencil(this.#parts ?? [], length, coding);
    if (stencil === undefined) return;
    this.#stencils.set(key, stencil);
    this.#bytes += stencil.bytes;
    this.#onGrown(this, stencil.bytes);
  }

  #render(reference: string): string {
    const { brand, status, reason, format, language } = this.#choice;
    return brand.renderPage({ status, reason, reference }, { format, language });
  }
}
