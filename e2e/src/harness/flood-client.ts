/**
 * Duty: a program that asks an admission webhook for far too much, beside the spec that watches how others fare.
 * Arguments: the port, how many clients of each kind, for how many milliseconds. Prints how often it was answered how.
 */
import { request as httpsRequest } from 'node:https';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { connectRawTls } from '@gatehouse/testing';

const BODY_BYTES = 4 * 1024 * 1024 - 1000;
const HEAD = 'POST /validate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const [port = 0, clients = 0, forMs = 0] = process.argv.slice(2).map(Number);
const untilMs = performance.now() + forMs;
const outcomes: Record<string, number> = {};

const review = (object: object): string => {
  const kind = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };
  const request = {
    uid: 'u',
    kind,
    operation: 'CREATE',
    object: { kind: 'Ingress', metadata: { name: 'a' }, ...object },
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
};
/** Half of them are expensive to read: many objects, a long text, many numbers, another text. */
const text = review({ padding: 'x'.repeat(BODY_BYTES - 1000) });
const numbers = review({ padding: Array.from({ length: 1_000_000 }, (_, index) => index % 10) });
const bombs = [`[${'{},'.repeat(BODY_BYTES / 3 - 2)}{}]`, text, numbers, text].map((body) => Buffer.from(body));

function post(body: Buffer): Promise<number | string> {
  return new Promise((answered) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const to = { host: '127.0.0.1', port, path: '/validate?timeout=5s', method: 'POST', headers };
    httpsRequest({ ...to, agent: false, rejectUnauthorized: false }, (response) => {
      response.resume().once('end', () => answered(response.statusCode ?? 0));
    })
      .on('error', (error: NodeJS.ErrnoException) => answered(error.code ?? error.message))
      .end(body);
  });
}

/** Large reviews, one after the other. */
async function flood(body: Buffer): Promise<void> {
  while (performance.now() < untilMs) {
    const outcome = await post(body);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
}

/** Announces a large body, sends enough of it to need room, and then nothing more. */
async function holdBack(): Promise<void> {
  while (performance.now() < untilMs) {
    const client = await connectRawTls(port).catch(() => undefined);
    client?.send(`${HEAD}Content-Length: ${BODY_BYTES}\r\n\r\n${' '.repeat(100_000)}`);
    await Promise.race([client?.untilClosed(), delay(Math.max(100, untilMs - performance.now()))]);
    client?.socket.destroy();
  }
}

await Promise.all(
  Array.from({ length: clients }, (_, index) => [
    flood(bombs[index % bombs.length] ?? Buffer.alloc(0)),
    holdBack(),
  ]).flat(),
);
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
