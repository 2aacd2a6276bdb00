import { describe, expect, it } from '@jest/globals';
import { LANGUAGES, PAGE_FORMATS } from '@gatehouse/error-pages';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { PageMetrics, type CountedAnswer } from './page-metrics.ts';

const answer: fc.Arbitrary<CountedAnswer> = fc.record({
  status: fc.integer({ min: 400, max: 599 }),
  format: fc.constantFrom(...PAGE_FORMATS),
  language: fc.constantFrom(...LANGUAGES),
  reason: fc.constantFrom(undefined, 'no-host', 'denied'),
  hostClass: fc.constantFrom('routed', 'unrouted', 'untrusted'),
  coding: fc.constantFrom(undefined, 'br', 'gzip'),
  tookMs: fc.double({ min: 0, max: 1, noNaN: true }),
});

async function sumOf(registry: Registry, name: string, labels: Readonly<Record<string, string | number>> = {}) {
  const { values } = (await registry.getSingleMetric(`gatehouse_default_backend_${name}`)!.get()) as {
    values: { labels: Record<string, unknown>; value: number; metricName?: string }[];
  };
  const wanted = values.filter(
    (one) =>
      (one.metricName ?? '').endsWith('_count') === name.endsWith('seconds') &&
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );
  return wanted.reduce((sum, { value }) => sum + value, 0);
}

describe('the metrics of the pages', () => {
  it('count each answer once in each, whenever and however often they are asked for', async () => {
    const some = fc.array(answer, { maxLength: 600, size: 'max' });
    await fc.assert(
      fc.asyncProperty(some, some, async (first, second) => {
        const registry = new Registry();
        const metrics = new PageMetrics(registry);
        const all: CountedAnswer[] = [];
        for (const answers of [first, second]) {
          for (const one of answers) metrics.count(one);
          all.push(...answers);
          for (const name of ['answers_total', 'languages_total', 'reasons_total', 'hosts_total', 'codings_total'])
            expect(await sumOf(registry, name)).toBe(all.length);
          expect(await sumOf(registry, 'duration_seconds')).toBe(all.length);
        }
        const inGerman = all.filter(({ language }) => language === 'de');
        expect(await sumOf(registry, 'languages_total', { language: 'de' })).toBe(inGerman.length);
        const plain = all.filter(({ coding }) => coding === undefined);
        expect(await sumOf(registry, 'codings_total', { coding: 'identity' })).toBe(plain.length);
      }),
      { numRuns: 20 },
    );
  });
});
