/**
 * Duty: the default backend behind an nginx whose locations set exactly the headers that those of ingress-nginx v1.15 set, and
 * nothing of ours.
 */
import { startDefaultBackend } from '@gatehouse/default-backend';
import { askPort, connectRaw, RecordingLogger, until, type PortAnswer } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync } from 'node:zlib';
import { configOf, makePlace, startBareNginx, type BareNginx } from './harness/bare-nginx.ts';

type Pages = Awaited<ReturnType<typeof startDefaultBackend>>;

let pages: Pages;
let app: Server;
let nginx: BareNginx;

beforeAll(async () => {
  pages = await startDefaultBackend({
    ...{ host: '127.0.0.1', port: 0, healthPort: 0, brandName: 'Cafe', logger: new RecordingLogger() },
    // The client of this test is on loopback, so it is a reader.
    ...{ trustedProxies: ['private'], detailsNetworks: ['127.0.0.0/8'], retryAfter503: 10 },
  });
  app = createServer((request, response) => {
    const status = Number(request.url?.slice(-3));
    request.resume().once('end', () => {
      response.writeHead(status, status === 401 ? { 'WWW-Authenticate': 'Basic realm="app"' } : { Allow: 'GET' });
      response.end('the application itself');
    });
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const place = await makePlace();
  nginx = await startBareNginx(place, configOf(place, http(pages.port, (app.address() as AddressInfo).port)));
});

afterAll(async () => {
  await nginx.close();
  app.close();
  await pages.close(0);
});

const CODES = [401, 404, 405, 500];

const errorLocation = (code: number): string => `
    location @custom_custom-default-backend_${code} {
      internal;
      proxy_intercept_errors off;
      proxy_set_header X-Code ${code};
      proxy_set_header X-Format $http_accept;
      proxy_set_header X-Original-URI $request_uri;
      proxy_set_header X-Namespace $namespace;
      proxy_set_header X-Ingress-Name $ingress_name;
      proxy_set_header X-Service-Name $service_name;
      proxy_set_header X-Service-Port $service_port;
      proxy_set_header X-Request-ID $req_id;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header Host $best_http_host;
      rewrite (.*) / break;
      proxy_pass http://custom-default-backend;
    }`;

/** What `nginx.tmpl` has for custom-http-errors, for a location without endpoints, and for what no host is for. */
const http = (pagesPort: number, appPort: number): string => `
  upstream custom-default-backend { server 127.0.0.1:${pagesPort}; keepalive 4; }
  upstream app { server 127.0.0.1:${appPort}; }
  map $http_x_request_id $req_id { default $http_x_request_id; "" $request_id; }
  server {
    LISTEN;
    server_name shop.example.com;
    set $namespace "shop"; set $ingress_name "front"; set $service_name "web"; set $service_port "80";
    set $best_http_host $http_host; set $pass_access_scheme $scheme; set $pass_server_port $server_port;
${CODES.map(errorLocation).join('')}
    location / {
      proxy_intercept_errors on;
      ${CODES.map((code) => `error_page ${code} = @custom_custom-default-backend_${code};`).join(' ')}
      proxy_set_header Host $best_http_host;
      proxy_pass http://app;
    }
    location /no-endpoints {
      proxy_set_header Host $best_http_host;
      proxy_set_header X-Request-ID $req_id;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $best_http_host;
      proxy_set_header X-Forwarded-Port $pass_server_port;
      proxy_set_header X-Forwarded-Proto $pass_access_scheme;
      proxy_set_header X-Forwarded-Scheme $pass_access_scheme;
      proxy_set_header X-Scheme $pass_access_scheme;
      proxy_set_header X-Original-Forwarded-For $http_x_forwarded_for;
      proxy_set_header Proxy "";
      proxy_set_header X-Code 503;
      proxy_set_header X-Format $http_accept;
      proxy_set_header X-Namespace $namespace;
      proxy_set_header X-Ingress-Name $ingress_name;
      proxy_set_header X-Service-Name $service_name;
      proxy_set_header X-Service-Port $service_port;
      proxy_pass http://custom-default-backend;
    }
  }
  server {
    LISTEN;
    server_name stranger.example.com;
    location / {
      proxy_set_header X-Code 404;
      proxy_set_header X-Request-ID $req_id;
      proxy_set_header X-Forwarded-For 8.8.8.8;
      proxy_pass http://custom-default-backend;
    }
  }
  server {
    LISTEN default_server;
    server_name _;
    location / {
      proxy_set_header Host $http_host;
      proxy_set_header X-Request-ID $req_id;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_pass http://custom-default-backend;
    }
  }`;

const HOST = 'shop.example.com';
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<PortAnswer> =>
  askPort({ port: nginx.httpPort, path, method, headers: { Host: HOST, Accept: 'text/plain', ...headers } });

/** What is shown to readers is not compressed, so this asks a server that calls the client another. */
const askAsStranger = (headers: Record<string, string>): Promise<PortAnswer> =>
  ask('/404', { ...headers, Host: 'stranger.example.com' });

describe('the default backend behind ingress-nginx', () => {
  it.each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'answers %s in place of the application, with its status',
    async (method) => {
      const { status, headers, text } = await ask('/a/500', {}, method);
      expect(status).toBe(500);
      expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(text).not.toContain('the application itself');
      for (const word of ['shop', 'front', 'web', '/a/500']) expect(text).toContain(word);
    },
  );

  it('answers HEAD with the headers of GET alone', async () => {
    const [head, get] = [await ask('/404', {}, 'HEAD'), await ask('/404')];
    expect(head.status).toBe(404);
    expect(head.text).toBe('');
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it('answers 503 for a Service without endpoints, of which the URI is not told', async () => {
    const { status, headers, text } = await ask('/no-endpoints/x');
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('10');
    expect(text).toContain('front');
  });

  it('answers 404 for what no Ingress has the host of, /healthz too', async () => {
    for (const path of ['/', '/healthz', '/metrics', '/503']) {
      expect((await ask(path, { Host: 'other.example.com' })).status).toBe(404);
    }
  });

  it('lets no client say what an error is', async () => {
    const lies = { 'X-Code': '200', 'X-Namespace': 'theirs', 'X-Original-URI': '/<script>', 'X-Real-IP': '127.0.0.1' };
    const { status, text } = await ask('/500', lies);
    expect(status).toBe(500);
    expect(text).not.toMatch(/theirs|script/);
    expect((await ask('/', { ...lies, Host: 'other.example.com' })).status).toBe(404);
  });

  it('keeps what a 401 asks for, which nginx itself hands on', async () => {
    const { status, headers } = await ask('/401');
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Basic realm="app"');
  });

  it('does not wait for a body, nor lose the answer to a large one', async () => {
    const client = await connectRaw(nginx.httpPort);
    const size = 900_000;
    client.send(`POST /404 HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
    client.send('x'.repeat(size));
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 404 Not Found\r\n/);
  });

  it('hands compressed pages through', async () => {
    const asked = { Accept: 'text/html', 'Accept-Encoding': 'br', 'X-Request-ID': '0af7651916cd43dd8448eb211c80319c' };
    await until(async () => (await askAsStranger(asked)).headers['content-encoding'] === 'br');
    const { bytes } = await askAsStranger(asked);
    expect(brotliDecompressSync(bytes).toString()).toContain('0af7651916cd43dd8448eb211c80319c');
  });
});
