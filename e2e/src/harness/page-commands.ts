/**
 * Duty: what a page of the documentation tells its reader to type.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const WORKSPACE = join(import.meta.dirname, '../../..');

/** The code blocks of one language. */
export function blocksOf(page: string, language: string): readonly string[] {
  const text = readFileSync(join(WORKSPACE, page), 'utf8');
  const blocks = text.matchAll(/^```(\w+)\n([^]*?)^```$/gm);
  return [...blocks].flatMap(([, found, block = '']) => (found === language ? [block] : []));
}

/** The lines of all code blocks marked `sh`. */
export function commandsOf(page: string): readonly string[] {
  return blocksOf(page, 'sh')
    .flatMap((block) => block.split('\n'))
    .filter((line) => line !== '');
}
