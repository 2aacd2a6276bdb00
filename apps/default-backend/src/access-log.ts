/**
 * Duty: one line of the access log for each answer. The logger escapes what the client wrote; queries, in which secrets are
 * sent, are left out.
 */
import type { Logger } from '@gatehouse/pipeline';
import type { IncomingMessage } from 'node:http';
import type { CountedAnswer } from './page-metrics.ts';
import type { ReportedError } from './reported-error.ts';

/** Called after each answer. */
export type AccessLog = (request: IncomingMessage, report: ReportedError, answer: CountedAnswer) => void;

export function createAccessLog(logger: Logger): AccessLog {
  return ({ method, socket }, { reference, details }, { tookMs, ...answer }) => {
    const { uri, ...where } = details();
    logger.info('answered', {
      ...answer,
      reference,
      method,
      peer: socket.remoteAddress,
      ...where,
      path: uri?.split('?', 1)[0],
      tookMs: Math.round(tookMs * 1000) / 1000,
    });
  };
}
