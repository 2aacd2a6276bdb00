/**
 * Duty: compressed bytes of a page with holes that the reference number of each request is written into, so that no request
 * compresses anything. Must not know HTTP.
 *
 * All three formats are rows of blocks, and each may hold a block of plain bytes (RFC 1951, section 3.2.4; RFC 7932, section
 * 9.2; RFC 8878, section 3.1.1.2.2). The page is compressed once, in one stream, with bytes that cannot be compressed where
 * the number belongs, and a flush before and after them. They end up in a plain block, and are the hole. Nothing else in the
 * stream depends on them as long as the number has their length, which each stencil is tried for before it is used; the one
 * exception is the checksum at the end of gzip, which is written anew.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Buffer } from 'node:buffer';
import {
  brotliDecompressSync,
  constants,
  crc32,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  gunzipSync,
  zstdDecompressSync,
  type BrotliCompress,
  type Gzip,
  type ZstdCompress,
} from 'node:zlib';
import { putBetween, type ByteString } from './byte-string.ts';
import type { ContentCoding } from './content-coding.ts';

export interface Stencil {
  /** What it takes in memory. */
  readonly bytes: number;
  /** The compressed page with this number, which has the length that the stencil is for. */
  fill(reference: string): ByteString;
}

interface Codec {
  readonly start: () => BrotliCompress | Gzip | ZstdCompress;
  readonly flush: number;
  readonly decompress: (bytes: Buffer) => Buffer;
}

/** Pages are small, so that windows and tables of 64 KiB see all of one. */
const WINDOW_BITS = 16;

const CODECS: Readonly<Record<ContentCoding, Codec>> = {
  br: {
    start: () =>
      createBrotliCompress({
        params: {
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
        },
      }),
    flush: constants.BROTLI_OPERATION_FLUSH,
    decompress: brotliDecompressSync,
  },
  zstd: {
    start: () =>
      createZstdCompress({
        params: {
          [constants.ZSTD_c_compressionLevel]: 9,
          [constants.ZSTD_c_windowLog]: WINDOW_BITS,
        },
      }),
    flush: constants.ZSTD_e_flush,
    decompress: zstdDecompressSync,
  },
  gzip: {
    start: () => createGzip({ level: constants.Z_BEST_COMPRESSION }),
    flush: constants.Z_SYNC_FLUSH,
    decompress: gunzipSync,
  },
};

/** A decoder of brotli looks at the last two bytes to understand the next (RFC 7932, section 7.1), so they stay the same. */
const FOLLOWING_BYTES = 2;
/** Of the checksum and the length at the end of gzip (RFC 1952, section 2.3). */
const TRAILER_BYTES = 8;

/**
 * A stencil for numbers of `length` characters (ASCII) between these parts of a page. Undefined when there is
 * none that is right for each number.
 */
export async function makeStencil(
  parts: readonly ByteString[],
  length: number,
  coding: ContentCoding,
): Promise<Stencil | undefined> {
  const bytes = parts.map((part) => Buffer.from(part, 'latin1'));
  const filling = incompressible(length);
  const compressed = await compress(pieces(bytes, filling), CODECS[coding]);
  const around = compressed.toString('latin1').split(filling.toString('latin1'));
  const fill = coding === 'gzip' ? fillGzip(around, bytes) : (reference: string) => putBetween(around, reference);
  const isRight = [randomNumber(length), randomNumber(length)].every(
    (number) => decompressed(fill(number), CODECS[coding]) === parts.join(number),
  );
  // gzip has its checksum made of the page as it is.
  const held = [compressed, ...(coding === 'gzip' ? bytes : [])];
  return isRight ? { fill, bytes: held.reduce((sum, part) => sum + part.length, 0) } : undefined;
}

function fillGzip(around: readonly ByteString[], page: readonly Buffer[]): Stencil['fill'] {
  const trailer = around.at(-1)?.slice(-TRAILER_BYTES) ?? '';
  const beforeTrailer = [...around.slice(0, -1), around.at(-1)?.slice(0, -TRAILER_BYTES) ?? ''];
  const sum = Buffer.alloc(4);
  return (reference) => {
    sum.writeUInt32LE(checksum(page, reference));
    return putBetween(beforeTrailer, reference) + sum.toString('latin1') + trailer.slice(sum.length);
  };
}

/** The page in pieces after each of which the compressor is flushed. */
function pieces([first = Buffer.of(), ...others]: readonly Buffer[], filling: Buffer): readonly Buffer[] {
  return [
    first,
    ...others.flatMap((part) => [
      Buffer.concat([filling, part.subarray(0, FOLLOWING_BYTES)]),
      part.subarray(FOLLOWING_BYTES),
    ]),
  ];
}

async function compress(texts: readonly Buffer[], { start, flush }: Codec): Promise<Buffer> {
  const stream = start();
  const compressed = stream.toArray();
  for (const text of texts) {
    stream.write(text);
    await new Promise<void>((resolve) => stream.flush(flush, resolve));
  }
  stream.end();
  return Buffer.concat((await compressed) as Buffer[]);
}

/** Always the same bytes; every other one is in no UTF-8 (RFC 3629, section 1), so that no text repeats them. */
function incompressible(length: number): Buffer {
  const impossible = [0xc0, 0xc1, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff];
  const noise = createHash('shake256', { outputLength: length }).update('incompressible').digest();
  return noise.map((byte, index) =>
    index % 2 === 0 ? (impossible[byte % impossible.length] ?? 0xff) : byte,
  ) as Buffer;
}

function checksum(parts: readonly Buffer[], reference: string): number {
  return parts.reduce((sum, part, index) => crc32(part, index === 0 ? sum : crc32(reference, sum)), 0);
}

function decompressed(page: ByteString, { decompress }: Codec): ByteString | undefined {
  try {
    return decompress(Buffer.from(page, 'latin1')).toString('latin1');
  } catch {
    return undefined;
  }
}

function randomNumber(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length);
}
