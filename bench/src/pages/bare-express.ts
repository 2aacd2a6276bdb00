/**
 * Duty: a program that sends given bytes with express' own `res.send` and does nothing else: what our pages are measured
 * against. `node bare-express.ts PORT FILE`, where the file has a `Sent`.
 */
import { readFileSync } from 'node:fs';
import express from 'express';

/** What is sent, and how. */
export interface Sent {
  readonly status: number;
  readonly contentType: string;
  /** With it the body is base64 and sent as bytes, else it is text and sent as such. */
  readonly contentEncoding?: string | undefined;
  readonly body: string;
}

const [port = '', file = ''] = process.argv.slice(2);
const sent = JSON.parse(readFileSync(file, 'utf8')) as Sent;
const { status, contentType, contentEncoding } = sent;
const body = contentEncoding === undefined ? sent.body : Buffer.from(sent.body, 'base64');

const app = express();
app.use((_request, response) => {
  if (contentEncoding !== undefined) response.set('Content-Encoding', contentEncoding);
  response.status(status).type(contentType).send(body);
});
app.listen(Number(port), '127.0.0.1');
