/**
 * Duty: comparing text with a file that was looked at once.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * What the golden file holds, to be compared with `actual`. With `GOLDEN=write` in the environment the file is written
 * first: look at the difference before you commit it.
 */
export function goldenText(file: string, actual: string): string {
  if (process.env['GOLDEN'] === 'write') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
  }
  return existsSync(file) ? readFileSync(file, 'utf8') : `(there is no ${file})`;
}
