/**
 * Duty: the express app: every request, of any method and URL, is answered with an error page and the status of X-Code.
 */
import { createHttpApp, publicError } from '@gatehouse/http';
import type { Logger } from '@gatehouse/pipeline';
import type { ErrorRequestHandler } from 'express';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import type { AccessLog } from './access-log.ts';
import { createAnswerer, type AnswererOptions } from './answerer.ts';
import { BackgroundQueue } from './background-queue.ts';
import type { RetryAfter } from './page-headers.ts';
import { PageMetrics } from './page-metrics.ts';
import { PageStock } from './page-stock.ts';
import { ErrorReports, type Believed } from './reported-error.ts';

export interface ErrorAppOptions {
  /** The brand of a host or namespace, as it is now. */
  readonly brandFor: AnswererOptions['brandFor'];
  /** Has a listener called after each change of a brand. */
  readonly onBrandChange: (listener: () => void) => void;
  readonly believed: Omit<Believed, 'onStranger'>;
  readonly retryAfter: RetryAfter;
  readonly metrics: Registry;
  readonly logger: Logger;
  readonly accessLog?: AccessLog | undefined;
}

/** Some 400 pages of common size, each with a compressed form. */
const MOST_STOCK_BYTES = 4 * 2 ** 20;

/** Answers requests; no answer is below 400, but to /healthz that no proxy hands on. */
export function createErrorApp(options: ErrorAppOptions): RequestListener {
  const { brandFor, onBrandChange, believed, retryAfter, metrics, logger, accessLog } = options;
  const reports = new ErrorReports({ ...believed, onStranger: warnOnce(logger) });
  const queue = new BackgroundQueue(logger);
  const stock = new PageStock({ queue, retryAfter, mostBytes: MOST_STOCK_BYTES });
  onBrandChange(() => stock.clear());
  const app = createHttpApp();
  app.use(createAnswerer({ reports, brandFor, stock, metrics: new PageMetrics(metrics), accessLog }));
  app.use(answerBugs(reports, logger));
  return (request, response) => {
    if (request.url === '/healthz' && isBare(request)) {
      response.writeHead(200, ['Content-Type', 'text/plain; charset=utf-8', 'Cache-Control', 'no-store']).end('ok\n');
      return;
    }
    // Nothing hangs on the URL, and express would answer some odd ones by itself, with a status of its own.
    request.url = '/';
    app(request, response);
  };
}

/** Where pages are wanted but come from nowhere that is trusted, all of them are 404, which somebody has to learn. */
function warnOnce(logger: Logger): (peer: string | undefined) => void {
  let isTold = false;
  return (peer) => {
    if (isTold) return;
    isTold = true;
    logger.warn('somebody reports errors and is not believed; if it is your proxy, name it in --trusted-proxies', {
      peer,
    });
  };
}

/**
 * Whether nobody handed this request on. A proxy adds one of these headers to each request, so that what a client asked it for
 * is never taken for a health check.
 */
export function isBare({ headers }: IncomingMessage): boolean {
  return ['x-code', 'x-request-id', 'x-forwarded-for', 'x-real-ip'].every((name) => headers[name] === undefined);
}

/** Even when we fail, the status stays the one that was asked for: a 401 must never become anything else. */
function answerBugs(reports: ErrorReports, logger: Logger): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- express knows a handler of errors by its four parameters
  return (error, request, response, _next) => {
    const { reason } = publicError(error, logger);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response
      .status(reports.read(request).status)
      .set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
      .type('text/plain')
      .send(`${reason}\n`);
  };
}
