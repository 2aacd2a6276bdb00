import { afterEach, describe, expect, it } from '@jest/globals';
import type { Express } from 'express';
import { answerErrors } from './answer-errors.ts';
import { createHttpApp } from './http-app.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { Refusal } from './refusal.ts';

const logged: { message: string; data?: Readonly<Record<string, unknown>> | undefined }[] = [];
const logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (message: string, data?: Readonly<Record<string, unknown>>) => logged.push({ message, data }),
};
let server: HttpServer;

afterEach(() => server.close(0));

async function ask(addRoutes: (app: Express) => void, path = '/') {
  logged.length = 0;
  const app = createHttpApp();
  addRoutes(app);
  app.use(answerErrors(logger));
  server = createHttpServer({ app, logger });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('an error while a request is handled', () => {
  it('shows nothing of itself but a number, under which the log has everything', async () => {
    const { status, text } = await ask((app) =>
      app.get('/', () => {
        throw new Error('secret of the house');
      }),
    );
    expect(status).toBe(500);
    const id = /^internal error, look for ([0-9a-f-]{36}) in the log\n$/.exec(text)?.[1];
    expect(logged).toMatchObject([{ message: 'request failed', data: { correlationId: id } }]);
    expect((logged[0]?.data?.['error'] as Error).message).toBe('secret of the house');
  });

  it('is caught from a promise as well', async () => {
    const { status } = await ask((app) => app.get('/', () => Promise.reject(new Error('later'))));
    expect(status).toBe(500);
    expect(logged).toHaveLength(1);
  });

  it('is told in its own words when it is a refusal', async () => {
    const { status, text } = await ask((app) =>
      app.get('/', () => {
        throw new Refusal(422, 'not like this');
      }),
    );
    expect([status, text]).toEqual([422, 'not like this\n']);
    expect(logged).toEqual([]);
  });

  it('is told by its status alone when the client made express fail', async () => {
    const { status, text } = await ask(
      (app) => app.get('/x/:name', (_request, response) => void response.end()),
      '/x/%E0',
    );
    expect([status, text]).toEqual([400, 'Bad Request\n']);
  });

  it('cuts an answer that has begun', async () => {
    const failing = ask((app) =>
      app.get('/', (_request, response) => {
        response.write('half');
        throw new Error('late');
      }),
    );
    await expect(failing).rejects.toThrow();
  });
});

describe('an app', () => {
  it('tells nothing about itself', async () => {
    const { headers } = await ask((app) => app.get('/', (_request, response) => void response.send('x'.repeat(2_000))));
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('etag')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });
});
