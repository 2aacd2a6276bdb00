/**
 * Duty: true or false, as ingress-nginx reads it (Go's strconv.ParseBool): the words below and no others.
 */
import { err, ok } from '@gatehouse/core';
import { combinator } from './combinator.ts';

const truths = ['true', 'True', 'TRUE', 't', 'T', '1'];
const falsehoods = ['false', 'False', 'FALSE', 'f', 'F', '0'];

export const bool = combinator<boolean>({
  english: 'true or false',
  schema: { type: 'string', enum: [...truths, ...falsehoods] },
  read: (text) => (truths.includes(text) ? ok(true) : falsehoods.includes(text) ? ok(false) : err('')),
});
