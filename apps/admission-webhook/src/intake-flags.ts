/**
 * Duty: the flags that bound what is held and for how long.
 */
import { err } from '@gatehouse/core';
import { duration, integer } from '@gatehouse/flags';
import { defaultIntakeLimits } from './intake.ts';

const reviewTimeout = duration({
  default: '5s',
  summary: 'How long a client waits for an answer that does not say so itself, as the API server does',
});

export const intakeFlags = {
  'review-timeout': {
    ...reviewTimeout,
    parse: (texts: readonly string[]) => {
      const parsed = reviewTimeout.parse(texts);
      return parsed.ok && parsed.value === 0 ? err('nobody can be answered in no time') : parsed;
    },
  },
  'max-concurrent-reviews': integer({
    default: defaultIntakeLimits.maxConcurrentReviews,
    min: 1,
    max: 1000,
    summary: 'Reviews larger than 64 KiB that are held at once, each in up to 4 MiB; smaller ones always have room',
  }),
};
