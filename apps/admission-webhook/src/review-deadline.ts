/**
 * Duty: until when an answer is of use to whoever asks.
 */

/** The API server waits no longer, whatever is configured. */
const LONGEST_MS = 30_000;
/** What is left of its time is for the way there and back, and for the review itself. */
const SHARE = 0.9;
const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/**
 * Milliseconds in which a review has to begin. The API server says how long it waits in the query, as Go writes a span of
 * time (`/validate?timeout=5s`); `defaultMs` counts when it does not, or says something else.
 */
export function reviewDeadlineMs(url: string, defaultMs: number): number {
  const query = url.split('?', 2)[1] ?? '';
  const saidMs = parseGoDuration(new URLSearchParams(query).get('timeout') ?? '');
  return Math.min(saidMs ?? defaultMs, LONGEST_MS) * SHARE;
}

/** The forms of time.Duration.String between a millisecond and an hour: `500ms`, `2.5s`, `1m30s`. */
function parseGoDuration(text: string): number | undefined {
  if (!/^(?:\d{1,6}(?:\.\d{1,9})?(?:ms|s|m)){1,3}$/.test(text)) return undefined;
  let sumMs = 0;
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|s|m)/g))
    sumMs += Number(count) * (MS_PER_UNIT[unit ?? ''] ?? 0);
  return sumMs > 0 ? sumMs : undefined;
}
