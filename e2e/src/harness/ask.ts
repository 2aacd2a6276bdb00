/**
 * Duty: sending one request exactly as written, without any client's normalisation, and reading the whole answer.
 */
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';

export interface Question {
  /** `GET https://cafe.example.com/tea//x`: method, scheme, host and raw path. The host is also the SNI. */
  readonly ask: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sends this many bytes of body instead. */
  readonly bodyBytes?: number;
  /** The Host header, when it shall differ from the host of the URL. */
  readonly host?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Subject alternative names of the certificate, as OpenSSL prints them; empty on plain HTTP. */
  readonly certificateNames: string;
  readonly tlsProtocol: string;
}

export interface GatePorts {
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Loopback unless given. */
  readonly address?: string;
}

const QUESTION = /^([A-Z]+) (https?):\/\/([^/ ]*)(.*)$/;

/** Asks nginx. The server's certificate is not verified: what it is stands in the answer. */
export function ask(ports: GatePorts, question: Question): Promise<Answer> {
  const parts = QUESTION.exec(question.ask);
  if (parts === null) throw new Error(`not a question: ${question.ask}`);
  const [, method = '', scheme = '', host = '', path = ''] = parts;
  const tls = scheme === 'https';
  const body = question.bodyBytes === undefined ? question.body : 'x'.repeat(question.bodyBytes);
  const options: RequestOptions & { servername?: string; rejectUnauthorized?: boolean } = {
    host: ports.address ?? '127.0.0.1',
    port: tls ? ports.httpsPort : ports.httpPort,
    method,
    path: path === '' ? '/' : path,
    headers: {
      host: question.host ?? host,
      connection: 'close',
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...question.headers,
    },
    agent: false,
    timeout: 10_000,
    ...(tls
      ? { servername: /^[\d.:[\]]*$/.test(host) ? '' : host.replace(/:\d+$/, ''), rejectUnauthorized: false }
      : {}),
  };
  return new Promise((resolve, reject) => {
    const request = (tls ? httpsRequest : httpRequest)(options, (response) => {
      const chunks: Buffer[] = [];
      const socket = response.socket instanceof TLSSocket ? response.socket : undefined;
      const certificateNames = socket?.getPeerX509Certificate()?.subjectAltName ?? '';
      const tlsProtocol = socket?.getProtocol() ?? '';
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
          certificateNames,
          tlsProtocol,
        }),
      );
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within 10 s: ${question.ask}`)));
    request.on('error', reject);
    request.end(body);
  });
}
