/**
 * Duty: the express app: every request, of any method and URL, is answered with an error page and the status of X-Code.
 */
import { negotiateFormat, negotiateLanguage, parseErrorReason, parseErrorStatus } from '@gatehouse/error-pages';
import { createHttpApp, publicError } from '@gatehouse/http';
import type { Logger } from '@gatehouse/pipeline';
import type { RequestListener } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { Counter, type Registry } from 'prom-client';
import type { LiveBrand } from './live-brand.ts';
import { pageHeaders } from './page-headers.ts';
import { takeReferenceNumber } from './reference-number.ts';

export interface ErrorAppOptions {
  readonly brand: Pick<LiveBrand, 'select'>;
  readonly metrics: Registry;
  readonly logger: Logger;
}

/** Answers requests; no answer is below 400. */
export function createErrorApp({ brand, metrics, logger }: ErrorAppOptions): RequestListener {
  const answers = new Counter({
    name: 'gatehouse_default_backend_answers_total',
    help: 'Error pages by status and media type',
    labelNames: ['code', 'format'],
    registers: [metrics],
  });
  const answerWithPage: RequestHandler = (request, response) => {
    const status = statusOf(request);
    const pages = brand.select({ host: request.get('Host'), namespace: request.get('X-Namespace') });
    const format = negotiateFormat({ xFormat: request.get('X-Format'), accept: request.get('Accept') });
    const language = negotiateLanguage(request.get('Accept-Language'), pages.languages);
    const reason = parseErrorReason(request.get('X-Gatehouse-Reason'));
    const reference = takeReferenceNumber(request.get('X-Request-ID'));
    const body = pages.renderPage({ status, reason, reference }, { format, language });
    answers.inc({ code: status, format });
    response.status(status).set(pageHeaders(pages)).set('Content-Type', `${format}; charset=utf-8`).send(body);
  };
  const app = createHttpApp();
  app.use(answerWithPage);
  app.use(answerBugs({ brand, logger }));
  return (request, response) => {
    // Nothing hangs on the URL, and express would answer some odd ones by itself, with a status of its own.
    request.url = '/';
    app(request, response);
  };
}

/** Even when we fail, the status stays the one that was asked for: a 401 must never become anything else. */
function answerBugs({ brand, logger }: Pick<ErrorAppOptions, 'brand' | 'logger'>): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- express knows a handler of errors by its four parameters
  return (error, request, response, _next) => {
    const { reason } = publicError(error, logger);
    response
      .status(statusOf(request))
      .set(pageHeaders(brand.select({})))
      .type('text/plain')
      .send(`${reason}\n`);
  };
}

function statusOf(request: Request): number {
  return parseErrorStatus(request.get('X-Code'));
}
