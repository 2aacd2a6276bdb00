/**
 * Duty: one request to a port of this machine, over a connection of its own, and the whole answer as bytes.
 */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface PortRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly port: number;
}

export interface PortAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As they came, compressed or not. */
  readonly bytes: Buffer;
  readonly text: string;
}

/** Rejects when nobody answers. */
export function askPort({ method = 'GET', path = '/', headers = {}, port }: PortRequest): Promise<PortAnswer> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, text: bytes.toString() });
      });
    });
    asking.once('error', reject).end();
  });
}
