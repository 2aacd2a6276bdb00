/**
 * Duty: how the image of a program of ours starts Node, for specs that start it without the image.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What its Dockerfile puts into NODE_OPTIONS. */
export function nodeOptionsOf(app: string): string {
  const file = resolve(import.meta.dirname, '../../../deploy/images', app, 'Dockerfile');
  const [, options] = /^ENV .*NODE_OPTIONS="([^"]+)"$/m.exec(readFileSync(file, 'utf8')) ?? [];
  if (options === undefined) throw new Error(`${file} says nothing of NODE_OPTIONS`);
  return options;
}
