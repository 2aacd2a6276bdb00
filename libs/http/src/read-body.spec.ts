import { connectRaw } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answerErrors } from './answer-errors.ts';
import { createHttpApp } from './http-app.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { readBody } from './read-body.ts';
import { Refusal } from './refusal.ts';

const logged: unknown[] = [];
const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (...line: unknown[]) => logged.push(line) };
const BEGIN = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length:';
let server: HttpServer;
let port = 0;
let asked: PromiseWithResolvers<void>;
let leave: PromiseWithResolvers<void>;
let end: AbortController;

beforeAll(async () => {
  const app = createHttpApp();
  app.post('/', async (request, response) => {
    const large = {
      beyondBytes: 10,
      leave: () => {
        asked.resolve();
        return leave.promise;
      },
    };
    const body = await readBody(request, { maxBytes: 1_000_000, signal: end.signal, large });
    response.send(`read ${body.length}`);
  });
  app.use(answerErrors(logger));
  server = createHttpServer({ app, logger });
  port = await server.listen({ host: '127.0.0.1', port: 0 });
});

beforeEach(() => {
  [asked, leave, end] = [Promise.withResolvers(), Promise.withResolvers(), new AbortController()];
  leave.promise.catch(() => undefined);
});

afterAll(async () => {
  await server.close(0);
  expect(logged).toEqual([]);
});

describe('a large body', () => {
  it('needs no leave as long as it is small, whatever it announces', async () => {
    const client = await connectRaw(port);
    client.send(`${BEGIN} 10\r\n\r\n${'x'.repeat(10)}`);
    await client.untilReceived('read 10');
    client.send(`${BEGIN} 500000\r\n\r\n${'x'.repeat(10)}`);
    const isAsked = await Promise.race([asked.promise.then(() => true), new Promise((then) => setTimeout(then, 100))]);
    expect(isAsked).toBeUndefined();
    client.socket.destroy();
  });

  it('is read on when leave is given', async () => {
    const client = await connectRaw(port);
    client.send(`${BEGIN} 500000\r\n\r\n${'x'.repeat(500_000)}`);
    await asked.promise;
    await new Promise((resolve) => setTimeout(resolve, 50));
    leave.resolve();
    await client.untilReceived('read 500000');
  });

  it('can be ended while it waits for leave', async () => {
    const client = await connectRaw(port);
    client.send(`${BEGIN} 1000000\r\n\r\n${'x'.repeat(999_999)}`);
    await asked.promise;
    await new Promise((resolve) => setTimeout(resolve, 50));
    end.abort(new Refusal(504, 'too late'));
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 504 .*\r\n\r\ntoo late\n$/s);
  });

  it('is not read when leave is refused', async () => {
    const client = await connectRaw(port);
    client.send(`${BEGIN} 500000\r\n\r\n${'x'.repeat(100)}`);
    await asked.promise;
    leave.reject(new Refusal(503, 'full', { 'Retry-After': '1' }));
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 503 .*Retry-After: 1\r\n.*\r\n\r\nfull\n$/s);
  });
});

describe('the end of a reading from outside', () => {
  it('is answered although the body has not come', async () => {
    const client = await connectRaw(port);
    client.send(`${BEGIN} 10\r\n\r\nx`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    end.abort(new Refusal(408, 'too slow'));
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 408 .*too slow\n$/s);
  });

  it('comes before anything is read when it has come already', async () => {
    end.abort(new Refusal(504, 'too late'));
    const client = await connectRaw(port);
    client.send(`${BEGIN} 10\r\n\r\nx`);
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 504 /);
  });
});
