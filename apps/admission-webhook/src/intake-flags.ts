/**
 * Duty: the flags that bound what is held and for how long.
 */
import { duration, integer } from '@gatehouse/flags';
import { defaultIntakeLimits } from './intake.ts';

export const intakeFlags = {
  'review-timeout': duration({
    default: '5s',
    summary: 'How long a client waits for an answer that does not say so itself, as the API server does',
  }),
  'max-concurrent-reviews': integer({
    default: defaultIntakeLimits.maxConcurrentReviews,
    min: 1,
    max: 1000,
    summary: 'Reviews larger than 64 KiB that are held at once, each in up to 4 MiB; smaller ones always have room',
  }),
};
