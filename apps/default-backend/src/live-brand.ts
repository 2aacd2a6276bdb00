/**
 * Duty: the brand that answers now: the newest good one of a directory, else the one of the flags. Says in the log and in
 * a metric whether what is in the directory can be used.
 */
import {
  brandForAll,
  prepareBrands,
  watchBrand,
  type Brand,
  type BrandProblem,
  type PreparedBrands,
} from '@gatehouse/error-pages';
import type { Logger } from '@gatehouse/pipeline';
import { Gauge, type Registry } from 'prom-client';

export interface LiveBrand {
  /** As `PreparedBrands.select`, of the brand of this moment. */
  readonly select: PreparedBrands['select'];
  /** The listener is called after each change. */
  readonly onChange: (listener: () => void) => void;
  close(): Promise<void>;
}

export interface LiveBrandOptions {
  /** The brand directory; empty for none. */
  readonly directory: string;
  /** What the directory does not say. */
  readonly standard: Brand;
  readonly metrics: Registry;
  readonly logger: Logger;
}

/**
 * Resolves when the directory was read once. A brand that cannot be used never ends a start: a page without a brand is
 * better than none, and the errors of a whole cluster hang on this.
 */
export async function startLiveBrand({ directory, standard, metrics, logger }: LiveBrandOptions): Promise<LiveBrand> {
  const isGood = new Gauge({
    name: 'gatehouse_default_backend_brand_ok',
    help: '1 when the pages are those of the newest brand directory, 0 when a mistake in it keeps an earlier brand',
    registers: [metrics],
  });
  isGood.set(1);
  let brands = prepareBrands(brandForAll(standard));
  const listeners: (() => void)[] = [];
  const live = {
    select: (wishes: Parameters<LiveBrand['select']>[0]) => brands.select(wishes),
    onChange: (listener: () => void) => void listeners.push(listener),
  };
  if (directory === '') return { ...live, close: () => Promise.resolve() };
  let effect = 'the built-in brand stays';
  const watching = await watchBrand(directory, {
    standard,
    onBrand: (loaded) => {
      brands = prepareBrands(loaded.brands);
      for (const listener of listeners) listener();
      effect = 'the last good brand stays';
      isGood.set(1);
      for (const warning of loaded.warnings) logger.warn('Brand has a weakness', placeOf(warning));
      logger.info('Brand is live', { directory, name: loaded.brands.base.name });
    },
    onProblem: (problems) => {
      isGood.set(0);
      for (const problem of problems) logger.error(`Brand is broken, ${effect}`, placeOf(problem));
    },
  });
  return { ...live, close: () => watching.close() };
}

function placeOf({ message: reason, severity: _severity, ...place }: BrandProblem): Readonly<Record<string, unknown>> {
  return { ...place, reason };
}
