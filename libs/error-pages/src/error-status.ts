/**
 * Duty: which status an answer has, and what there is to say about it in English.
 */
import { STATUS_CODES } from 'node:http';

/**
 * The status in the header X-Code, which the proxy sets. Everything else (none, several, below 400, above 599, not three
 * digits) is 404, so that nobody can make an error look like a success. The URL never has a say.
 */
export function parseErrorStatus(header: string | undefined): number {
  return header !== undefined && /^[45][0-9]{2}$/.test(header) ? Number(header) : 404;
}

/** What a page says about a status. */
export interface StatusWords {
  /** The phrase of RFC 9110, such as "Not Found". */
  readonly title: string;
  /** Why this may have happened and what the reader can do, one or two sentences. */
  readonly detail: string;
}

const DETAILS: Readonly<Record<number, string>> = {
  400: 'The server could not understand this request.',
  401: 'You have to sign in to see this.',
  403: 'You are not allowed to see this.',
  404: 'Nothing is served at this address. Check it for typing errors.',
  405: 'This cannot be done at this address.',
  408: 'The request took too long to arrive. Please try again.',
  410: 'What was here has been removed for good.',
  413: 'What you sent is larger than this site accepts.',
  414: 'The address is longer than this site accepts.',
  415: 'This site does not accept files of this kind.',
  429: 'You have sent too many requests. Please wait a moment before you try again.',
  431: 'Your browser sent too many or too large headers. Clearing the cookies of this site may help.',
  500: 'Something went wrong inside this site. It is not your fault.',
  502: 'The application behind this address gave no usable answer. Please try again in a moment.',
  503: 'The application behind this address is not available right now. Please try again in a moment.',
  504: 'The application behind this address took too long to answer. Please try again in a moment.',
};

/** Words for any status from 400 to 599. */
export function describeStatus(status: number): StatusWords {
  const isClientError = status < 500;
  return {
    title: STATUS_CODES[status] ?? (isClientError ? 'Request Refused' : 'Server Error'),
    detail:
      DETAILS[status] ??
      (isClientError
        ? 'The server did not accept this request.'
        : 'Something went wrong on the way. Please try again.'),
  };
}
