import { defaultBrand, LANGUAGES, prepareBrand, type PageFormat } from '@gatehouse/error-pages';
import { until } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import { BackgroundQueue } from './background-queue.ts';
import { PageStock } from './page-stock.ts';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const NUMBER = '0af7651916cd43dd8448eb211c80319c';
const brand = prepareBrand(defaultBrand);
const stockOf = (mostBytes: number) => new PageStock({ queue: new BackgroundQueue(logger), retryAfter: {}, mostBytes });
const choiceOf = (status: number, format: PageFormat) => {
  return { brand, status, reason: undefined, format, language: LANGUAGES[0] };
};

describe('the pages that are kept', () => {
  it('are few when they are small, since each takes some memory beside its text', () => {
    const stock = stockOf(20 * 1024);
    const pages = Array.from({ length: 50 }, (_, index) => stock.page(choiceOf(400 + index, 'text/plain')));
    expect(stock.bytes).toBeGreaterThan(15 * 1024);
    expect(stock.bytes).toBeLessThanOrEqual(20 * 1024);
    const kept = pages.filter((page, index) => stock.page(choiceOf(400 + index, 'text/plain')) === page);
    expect(kept).toHaveLength(0);
    expect(stock.page(choiceOf(449, 'text/plain'))).toBe(stock.page(choiceOf(449, 'text/plain')));
  });

  it('are counted with their compressed forms', async () => {
    const stock = stockOf(1024 * 1024);
    const page = stock.page(choiceOf(404, 'text/html'));
    const before = stock.bytes;
    let compressed = 0;
    for (const coding of ['br', 'gzip'] as const) {
      await until(() => page.compressed(NUMBER, coding) !== undefined);
      compressed += page.compressed(NUMBER, coding)?.length ?? 0;
    }
    // gzip has the page itself, too.
    const plain = page.plain(NUMBER).length;
    expect(stock.bytes - before).toBeGreaterThan(compressed + plain - 100);
    expect(stock.bytes - before).toBeLessThan(compressed + plain + 100);
    expect(page.bytes).toBe(stock.bytes);
  });

  it('make room for their compressed forms as well', async () => {
    const stock = stockOf(16 * 1024);
    const page = stock.page(choiceOf(404, 'text/html'));
    const other = stock.page(choiceOf(503, 'text/html'));
    for (const coding of ['gzip', 'zstd', 'br'] as const) {
      await until(() => other.compressed(NUMBER, coding) !== undefined);
    }
    expect(stock.bytes).toBeLessThanOrEqual(16 * 1024);
    expect(stock.page(choiceOf(404, 'text/html'))).not.toBe(page);
  });

  it('are all dropped when a brand was changed, also what is compressed of them later', async () => {
    const stock = stockOf(1024 * 1024);
    const page = stock.page(choiceOf(404, 'text/html'));
    page.compressed(NUMBER, 'br');
    stock.clear();
    expect(stock.bytes).toBe(0);
    await until(() => page.compressed(NUMBER, 'br') !== undefined);
    expect(stock.bytes).toBe(0);
    expect(stock.page(choiceOf(404, 'text/html'))).not.toBe(page);
  });
});
