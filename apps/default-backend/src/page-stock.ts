/**
 * Duty: the pages that were asked for, kept within a bound. What tells them apart comes from tables of ours, never from the
 * text of a request.
 */
import type { PreparedBrand } from '@gatehouse/error-pages';
import { StockPage, type PageChoice, type StockOptions } from './stock-page.ts';

export interface PageStockOptions extends StockOptions {
  /** Of pages with all that belongs to them. */
  readonly mostBytes: number;
}

export class PageStock {
  readonly #options: PageStockOptions;
  /** By key; the one that nobody asked for the longest comes first. */
  readonly #pages = new Map<string, StockPage>();
  readonly #brandNumbers = new WeakMap<PreparedBrand, number>();
  #bytes = 0;
  #brands = 0;

  constructor(options: PageStockOptions) {
    this.#options = options;
  }

  /** How much it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  page(choice: PageChoice): StockPage {
    const { brand, status, reason = '', format, language } = choice;
    const key = `${this.#numberOf(brand)}/${status}/${reason}/${language}/${format}`;
    const page = this.#pages.get(key) ?? this.#make(key, choice);
    if (!this.#pages.delete(key)) this.#bytes += page.bytes;
    this.#pages.set(key, page);
    this.#dropOldest();
    return page;
  }

  /** Drops all pages, since those of a brand that was changed are asked for no more. */
  clear(): void {
    this.#pages.clear();
    this.#bytes = 0;
  }

  #make(key: string, choice: PageChoice): StockPage {
    return new StockPage(choice, this.#options, (page, bytes) => {
      if (this.#pages.get(key) !== page) return;
      this.#bytes += bytes;
      this.#dropOldest();
    });
  }

  #dropOldest(): void {
    for (const [key, page] of this.#pages) {
      if (this.#bytes <= this.#options.mostBytes) return;
      this.#pages.delete(key);
      this.#bytes -= page.bytes;
    }
  }

  /** A brand that was changed is another object, so that none of the old pages are its. */
  #numberOf(brand: PreparedBrand): number {
    const known = this.#brandNumbers.get(brand);
    if (known !== undefined) return known;
    this.#brands += 1;
    this.#brandNumbers.set(brand, this.#brands);
    return this.#brands;
  }
}
