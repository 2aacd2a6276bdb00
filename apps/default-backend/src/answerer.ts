/**
 * Duty: from a request to the page that is sent for it.
 */
import { LANGUAGES, negotiateFormat, negotiateLanguage, type PreparedBrand } from '@gatehouse/error-pages';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AccessLog } from './access-log.ts';
import { toByteString, type ByteString } from './byte-string.ts';
import { negotiateCoding, type ContentCoding } from './content-coding.ts';
import type { PageMetrics } from './page-metrics.ts';
import type { PageStock } from './page-stock.ts';
import { rememberTexts } from './remember-texts.ts';
import type { ErrorReports, ReportedError } from './reported-error.ts';
import type { PageChoice, StockPage } from './stock-page.ts';

export interface AnswererOptions {
  readonly reports: ErrorReports;
  /** The brand of a host or namespace, as it is now. */
  readonly brandFor: (whose: Pick<ReportedError, 'host' | 'namespace'>) => PreparedBrand;
  readonly stock: PageStock;
  readonly metrics: PageMetrics;
  /** Left out, nothing is logged. */
  readonly accessLog?: AccessLog | undefined;
}

/** Answers each request at once, without reading a body. */
export function createAnswerer({ reports, brandFor, stock, metrics, accessLog }: AnswererOptions): RequestListener {
  return (request, response) => {
    const startedMs = performance.now();
    const report = reports.read(request);
    const choice = choosePage(request, report, brandFor(report));
    const page = stock.page(choice);
    const { bytes, coding } = report.showsDetails
      ? { bytes: renderWithDetails(choice, report), coding: undefined }
      : chooseBytes(page, report, request);
    send(response, { status: report.status, headers: page.headers, bytes, coding });
    const { format, language } = choice;
    const { status, reason, hostClass } = report;
    const answer = { status, format, language, reason, hostClass, coding, tookMs: performance.now() - startedMs };
    metrics.count(answer);
    accessLog?.(request, report, answer);
  };
}

function choosePage({ headers }: IncomingMessage, report: ReportedError, brand: PreparedBrand): PageChoice {
  const { status, reason, xFormat = '' } = report;
  return {
    ...{ brand, status, reason },
    // No header holds the end of a line, and an empty one says as much as none.
    format: formatOf(`${xFormat}\n${headers.accept ?? ''}`),
    language: languageOf(headers['accept-language'] ?? ''),
  };
}

const formatOf = rememberTexts((wishes) => {
  const [xFormat, accept] = wishes.split('\n');
  return negotiateFormat({ xFormat, accept });
});

const languageOf = rememberTexts((acceptLanguage) => negotiateLanguage(acceptLanguage, LANGUAGES));

const codingOf = rememberTexts((acceptEncoding) => negotiateCoding(acceptEncoding) ?? 'identity');

interface PageBytes {
  readonly bytes: ByteString;
  readonly coding: ContentCoding | undefined;
}

function chooseBytes(page: StockPage, { reference }: ReportedError, { headers }: IncomingMessage): PageBytes {
  const coding = codingOf(headers['accept-encoding'] ?? '');
  const compressed = coding === 'identity' ? undefined : page.compressed(reference, coding);
  if (coding === 'identity' || compressed === undefined) return { bytes: page.plain(reference), coding: undefined };
  return { bytes: compressed, coding };
}

/** For few readers, and never the same twice, so that it is not kept, and not compressed either. */
function renderWithDetails({ brand, format, language }: PageChoice, report: ReportedError): ByteString {
  const { status, reason, reference } = report;
  const facts = { status, reason, reference, details: report.details() };
  return toByteString(brand.renderPage(facts, { format, language }));
}

interface Answer extends PageBytes {
  readonly status: number;
  readonly headers: readonly string[];
}

/** HEAD gets the same headers; Node leaves the body out. */
function send(response: ServerResponse, { status, headers, bytes, coding }: Answer): void {
  const encoding = coding === undefined ? [] : ['Content-Encoding', coding];
  response.writeHead(status, [...headers, ...encoding, 'Content-Length', String(bytes.length)]);
  response.end(bytes, 'latin1');
}
