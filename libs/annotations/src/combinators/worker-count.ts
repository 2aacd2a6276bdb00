/**
 * Duty: a number of worker processes.
 */
import { err, ok } from '@gatehouse/core';
import { combinator } from './combinator.ts';

/** `auto` (0), or a number. */
export const workerCount = combinator<number>({
  english: 'auto, or a whole number from 1 to 512',
  schema: { type: 'string', pattern: '^(auto|[1-9][0-9]{0,2})$' },
  read(text) {
    if (text === 'auto') return ok(0);
    return /^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= 512 ? ok(Number(text)) : err('');
  },
});
