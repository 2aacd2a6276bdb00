/**
 * Duty: a page in the forms that servers send without compressing it again, each with the ending of its file.
 */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib';

const compressions = [
  ['.br', (text: Buffer) => promisify(brotliCompress)(text, { params: brotliParameters(text.length) })],
  ['.zst', (text: Buffer) => promisify(zstdCompress)(text, { params: zstdParameters, pledgedSrcSize: text.length })],
  ['.gz', (text: Buffer) => promisify(gzip)(text, { level: 9 })],
] as const;

/** A smaller page fits into one packet of the network as it is. */
const worthBytes = 1024;

/** Each form; none of a small page. */
export async function compressPage(text: Buffer): Promise<readonly (readonly [ending: string, form: Buffer])[]> {
  if (text.length < worthBytes) return [];
  return Promise.all(compressions.map(async ([ending, compress]) => [ending, await compress(text)] as const));
}

/** The highest quality, 11, takes ten times as long and saves some 3 % of a page. */
function brotliParameters(size: number): Record<number, number> {
  return {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: size,
  };
}

/** The highest level that keeps to the memory of a small text. */
const zstdParameters = { [constants.ZSTD_c_compressionLevel]: 19 };
