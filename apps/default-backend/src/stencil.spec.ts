import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { CONTENT_CODINGS } from './content-coding.ts';
import { toByteString, type ByteString } from './byte-string.ts';
import { makeStencil } from './stencil.ts';

const decompress = { br: brotliDecompressSync, gzip: gunzipSync, zstd: zstdDecompressSync };
const LENGTHS = [32, 36];
const number = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF-._:'.split('')), minLength: length, maxLength: length });
const words = fc.constantFrom(
  '<p>',
  'Nicht gefunden',
  'غير موجود',
  '見つかりません',
  'a',
  '0',
  'style',
  '\n',
  'é',
  '\0',
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(words, { maxLength: 400 }).map((all) => all.join('')),
);

describe.each(CONTENT_CODINGS)('a stencil of %s', (coding) => {
  const read = (page: ByteString): string => decompress[coding](Buffer.from(page, 'latin1')).toString();

  it('becomes the page with each number that is written into it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...LENGTHS),
        fc.array(number(Math.max(...LENGTHS)), { minLength: 1, maxLength: 3 }),
        async (texts, length, numbers) => {
          const stencil = await makeStencil(texts.map(toByteString), length, coding);
          // What cannot be compressed has none.
          if (stencil === undefined) return;
          for (const reference of numbers.map((one) => one.slice(0, length))) {
            expect(read(stencil.fill(reference))).toBe(texts.join(reference));
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it.each(LENGTHS)('exists for pages with numbers of %d characters, and is much smaller', async (length) => {
    const half = '<p>Nothing is served at this address.</p>\n<p>この住所では何も提供されていません。</p>\n'.repeat(20);
    for (const parts of [[half, half], ['', half], [half, ''], [half, '.', half], [half]]) {
      const stencil = await makeStencil(parts.map(toByteString), length, coding);
      const reference = '0123456789abcdefABCDEF-._:0123456789'.slice(0, length);
      const page = stencil?.fill(reference) ?? '';
      expect(read(page)).toBe(parts.join(reference));
      expect(page.length).toBeLessThan(500);
    }
  });
});
