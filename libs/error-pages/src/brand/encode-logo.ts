/**
 * Duty: from the bytes of an image file to a data: URI. It is shown as an `<img>` alone, where an SVG neither runs scripts
 * nor fetches anything.
 */
import { err, ok, type Result } from '@gatehouse/core';

/** Every page carries the logo, so it has to be small; a page has 10 KiB with one of about 4 KiB. */
export const maxLogoBytes = 32 * 1024;

/** The longest `data:` URI: an SVG may need up to three characters for a byte. */
export const maxLogoCharacters = 64 * 1024;

/** How each kind of image begins. */
const signatures: readonly (readonly [type: string, endings: RegExp, isOne: (content: Buffer) => boolean])[] = [
  ['image/png', /\.png$/i, (content) => content.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))],
  ['image/jpeg', /\.jpe?g$/i, (content) => content.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))],
  ['image/gif', /\.gif$/i, (content) => /^GIF8[79]a/.test(content.toString('latin1', 0, 6))],
  ['image/webp', /\.webp$/i, (content) => /^RIFF[^]{4}WEBP$/.test(content.toString('latin1', 0, 12))],
  ['image/svg+xml', /\.svg$/i, isSvg],
];

/** The error is a clause that follows the file's name. */
export function encodeLogo(name: string, content: Buffer): Result<string> {
  const kind = signatures.find(([, endings]) => endings.test(name));
  if (kind === undefined) return err('has none of the endings .svg, .png, .webp, .jpeg, .jpg and .gif');
  const [type, , isOne] = kind;
  // Entities can ask the reader's browser for gigabytes.
  if (type === 'image/svg+xml' && /<!ENTITY/i.test(content.toString('latin1'))) {
    return err('declares XML entities, which are not allowed');
  }
  if (!isOne(content)) return err(`is not of the type ${type} that its ending stands for`);
  if (type !== 'image/svg+xml') return ok(`data:${type};base64,${content.toString('base64')}`);
  const uri = `data:image/svg+xml,${encodeSvg(content.toString('utf8'))}`;
  if (uri.length <= maxLogoCharacters) return ok(uri);
  return err(`takes ${Math.ceil(uri.length / 1024)} KiB in a page; at most ${maxLogoCharacters / 1024} are allowed`);
}

function isSvg(content: Buffer): boolean {
  const text = content.toString('utf8');
  const bare = text.replace(/<!--[^]*?-->/g, '').replace(/<[?!][^>]*>/g, '');
  return !/[\0\ufffd]/.test(text) && /^\s*<svg[\s>]/.test(bare);
}

/**
 * Only what a URI may not hold, or HTML needs more characters for, is written as %xx: that is smaller than base64, and
 * compresses better.
 */
function encodeSvg(text: string): string {
  const compact = text
    .replace(/^\ufeff/, '')
    .replace(/>\s+</g, '> <')
    .trim();
  return compact.replace(/[^!$(-;=?-Z_a-z~]+/g, (part) => encodeURIComponent(part).replaceAll("'", '%27'));
}
