import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineTooLongError, linesOf } from './json-lines.ts';

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Promise.resolve(chunk);
}

async function collect(chunks: readonly Uint8Array[], maxBytes = 1000): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(streamOf(chunks), maxBytes)) lines.push(line.toString('utf8'));
  return lines;
}

/** The bytes, cut at the places. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

describe('linesOf', () => {
  it('gives the same lines, however the bytes are cut', async () => {
    const text = fc.array(fc.string({ unit: 'binary' }).map((line) => line.replaceAll('\n', '')));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat()), async (lines, places) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const whole = bytes.toString('utf8').split('\n').slice(0, -1);
        expect(await collect(cut(bytes, places), 1_000_000)).toEqual(whole);
      }),
    );
  });

  it('ends a line at LF only', async () => {
    const line = 'a\r\u2028\u2029\u0085b';
    expect(await collect([Buffer.from(`${line}\n`)])).toEqual([line]);
  });

  it('leaves out what is not ended', async () => {
    expect(await collect([Buffer.from('one\ntw'), Buffer.from('o')])).toEqual(['one']);
  });

  it.each([1, 3, 2000])('gives a line up as soon as it is longer than allowed, in pieces of %d', async (size) => {
    const bytes = Buffer.alloc(1001, 'x');
    const pieces = Array.from({ length: Math.ceil(1001 / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    await expect(collect(pieces)).rejects.toThrow(LineTooLongError);
    await expect(collect([...pieces, Buffer.from('\n')])).rejects.toThrow(LineTooLongError);
    expect(await collect([bytes.subarray(1), Buffer.from('\n')])).toHaveLength(1);
  });
});
