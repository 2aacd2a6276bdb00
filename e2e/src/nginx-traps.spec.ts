/**
 * Duty: what nginx does with text that is not what it seems, each trap shown on a real nginx. Why the tokens, templates
 * and plans of libs/nginx are as they are stands here; where a new version behaves otherwise, a test says so.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connectRaw } from '@gatehouse/testing';
import {
  configOf,
  makePlace,
  objectionTo,
  startBareNginx,
  testedCapabilities,
  type BareNginx,
  type NginxPlace,
} from './harness/bare-nginx.ts';

let place: NginxPlace;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

/** What nginx has against this http block. */
function objection(http: string): string | undefined {
  return objectionTo(place, configOf(place, http));
}

const running: BareNginx[] = [];
afterAll(async () => {
  for (const nginx of running) await nginx.close();
});

async function serve(http: string): Promise<BareNginx> {
  const own = await makePlace();
  const nginx = await startBareNginx(own, configOf(own, http));
  running.push(nginx);
  return nginx;
}

/** The whole answer to a GET, as it came. */
async function get(nginx: BareNginx, path: string, host = 'x.example'): Promise<string> {
  const client = await connectRaw(nginx.httpPort);
  client.send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return (await client.untilClosed()).text;
}

const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);
const statusOf = (answer: string): number => Number(answer.split(' ', 2)[1]);
const locationOf = (answer: string): string | undefined => /^Location: (.*)\r$/im.exec(answer)?.[1];

/** Keeps the bytes that it gets, and answers 204 to everything. */
async function startRecorder(): Promise<{ readonly port: number; received(): string; close(): void }> {
  let received = '';
  const server: Server = createServer((socket) => {
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { port: (server.address() as AddressInfo).port, received: () => received, close: () => server.close() };
}

describe('tokens', () => {
  it('open a quote only at their start, and decode five escapes within', async () => {
    const nginx = await serve(String.raw`server { LISTEN;
      location /word { return 200 a"b; }
      location /string { return 200 "a\"b\\c\'d\te\nf\x"; }
    }`);
    expect(bodyOf(await get(nginx, '/word'))).toBe('a"b');
    expect(bodyOf(await get(nginx, '/string'))).toBe('a"b\\c\'d\te\nf\\x');
  });

  it.each([
    [4000, undefined],
    [4096, undefined],
    [4098, expect.stringContaining('too long parameter')],
  ])('of %d bytes with their quotes: nginx says %s', (length, expected) => {
    expect(objection(`server { LISTEN; location / { return 200 "${'x'.repeat(length - 2)}"; } }`)).toEqual(expected);
  });

  it('expand variables in quotes, and no backslash prevents it', async () => {
    const nginx = await serve(String.raw`geo $dollar { default "$"; } server { LISTEN;
      location /plain { return 200 "$host"; }
      location /escaped { return 200 "\$host"; }
      location /constant { return 200 "${'${dollar}'}host"; }
    }`);
    expect(bodyOf(await get(nginx, '/plain'))).toBe('x.example');
    expect(bodyOf(await get(nginx, '/escaped'))).toBe('\\x.example');
    expect(bodyOf(await get(nginx, '/constant'))).toBe('$host');
  });

  it('cannot hold a lone dollar sign where variables are expanded, not even in a map', () => {
    expect(objection('server { LISTEN; location / { return 200 "$"; } }')).toContain('invalid variable name');
    expect(objection('map $host $dollar { default "$"; }')).toContain('invalid variable name');
    expect(objection('server { LISTEN; location / { return 200 "$unheard_of"; } }')).toContain('unknown');
  });

  it.each([
    ['a digit after a capture stays text', '"$10"', 'a0'],
    ['a capture that the expression does not have is empty', '"/$7"', '/'],
  ])('%s', async (_what, text, expected) => {
    const nginx = await serve(`server { LISTEN; location ~ "^/(.)" { return 200 ${text}; } }`);
    expect(bodyOf(await get(nginx, '/abc'))).toBe(expected);
  });
});

describe('locations', () => {
  it.each([
    ['=', '"= /a"', '/a'],
    ['~', '"~ ^/a"', '/abc'],
    ['~*', '"~* ^/A"', '/abc'],
    ['^~', '"^~ /a"', '/abc'],
  ])('read a leading %s as a modifier although it is quoted', async (modifier, name, path) => {
    // nginx skips the modifier only, so what follows has to come at once.
    const nginx = await serve(`server { LISTEN;
      location ${name.replace(' ', '')} { return 200 modified; } location / { return 200 "not ${modifier}"; } }`);
    expect(bodyOf(await get(nginx, path))).toBe('modified');
  });

  it('read a leading @ as a name that no request reaches', async () => {
    const nginx = await serve('server { LISTEN; location "@a" { return 200 named; } location / { return 404; } }');
    expect(statusOf(await get(nginx, '/@a'))).toBe(404);
  });

  it('do not expand variables, so a dollar sign is one', async () => {
    const nginx = await serve(
      'server { LISTEN; location = "/$host" { return 200 literal; } location / { return 404; } }',
    );
    expect(bodyOf(await get(nginx, '/$host'))).toBe('literal');
  });

  it('may stand once only', () => {
    expect(objection('server { LISTEN; location /a { } location /a { } }')).toContain('duplicate location');
  });

  it('of more than 255 bytes match by what is left of their length in eight bits, in old versions', async () => {
    const nginx = await serve(
      `server { LISTEN; location "/a${'x'.repeat(256)}" { return 200 long; } location / { return 404; } }`,
    );
    const isOld = !testedCapabilities().http2Directive;
    expect(statusOf(await get(nginx, '/a'))).toBe(isOld ? 200 : 404);
    expect(statusOf(await get(nginx, `/a${'x'.repeat(256)}`))).toBe(200);
  });

  it('that end in a slash and forward redirect the path without it, exact ones too, expressions not', async () => {
    const pass = 'proxy_pass http://127.0.0.1:9;';
    const nginx = await serve(`server { LISTEN; location /p/ { ${pass} } location = /e/ { ${pass} }
      location ~ "^/r/\\\\z" { ${pass} } location = /q { return 200 q; } location /q/ { ${pass} } location / { return 404; } }`);
    expect(statusOf(await get(nginx, '/p'))).toBe(301);
    expect(statusOf(await get(nginx, '/e'))).toBe(301);
    expect(statusOf(await get(nginx, '/r'))).toBe(404);
    expect(bodyOf(await get(nginx, '/q'))).toBe('q');
  });
});

describe('regular expressions', () => {
  it('end before a line break with $, and only at the end with \\z', async () => {
    const nginx = await serve(`server { LISTEN;
      location ~ "^/dollar$" { return 200 matched; } location ~ "^/z\\\\z" { return 200 matched; } location / { return 404; } }`);
    expect(statusOf(await get(nginx, '/dollar%0A'))).toBe(200);
    expect(statusOf(await get(nginx, '/z%0A'))).toBe(404);
    expect(statusOf(await get(nginx, '/z'))).toBe(200);
  });

  it('are anchored in their first alternative alone, unless a group is around all', async () => {
    const nginx = await serve(`server { LISTEN; location ~ "^/a|/b" { return 200 loose; }
      location ~ "^(?:/c|/d)" { return 200 tight; } location / { return 404; } }`);
    expect(bodyOf(await get(nginx, '/x/b'))).toBe('loose');
    expect(statusOf(await get(nginx, '/x/d'))).toBe(404);
  });

  it('declare variables by the names of their groups, over those of nginx', () => {
    expect(objection('server { LISTEN; location ~ "^/(?<host>.)" { } }')).toMatch(/duplicate "host" variable/);
  });

  it('lose what follows a number sign, a parenthesis too, with the option x', () => {
    expect(objection('server { LISTEN; location ~ "^(?:(?x)/a #)" { } }')).toMatch(
      /missing (?:closing parenthesis|\))/,
    );
  });

  it('that nginx cannot compile stop the whole configuration', () => {
    expect(objection('server { LISTEN; location ~ "^/(" { } }')).toMatch(/pcre2?_compile/);
  });
});

describe('directives with words of their own', () => {
  it('auth_basic takes "off" as no protection', async () => {
    const nginx = await serve(`server { LISTEN; auth_basic_user_file /dev/null;
      location /realm { auth_basic "realm"; } location /off { auth_basic "off"; } }`);
    expect(statusOf(await get(nginx, '/realm'))).toBe(401);
    expect(statusOf(await get(nginx, '/off'))).toBe(404);
  });

  it.each([
    ['default', 'map $host $x { "default" 1; }', 'x.example', '1'],
    ['hostnames', 'map $host $x { "hostnames"; *.example 1; }', 'a.example', '1'],
    ['an expression', 'map $host $x { "~^x" 1; }', 'x.example', '1'],
    ['an escaped word', 'map $host $x { "\\\\default" 1; }', 'x.example', ''],
  ])('map reads a key in quotes as %s', async (_what, map, host, value) => {
    const nginx = await serve(`${map} server { LISTEN; location / { return 200 "$x"; } }`);
    expect(bodyOf(await get(nginx, '/', host))).toBe(value);
  });

  it.each([
    ['a wildcard matches several labels', '*.example.com', 'a.b.example.com'],
    ['a leading dot matches the name itself and all below', '.example.com', 'a.b.example.com'],
    ['a tilde begins an expression', '"~^a"', 'a.b'],
  ])('server_name: %s', async (_what, name, host) => {
    const nginx = await serve(
      `server { LISTEN default_server; return 404; } server { LISTEN; server_name ${name}; return 200 found; }`,
    );
    expect(bodyOf(await get(nginx, '/', host))).toBe('found');
  });

  it('server_name: ours for a wildcard matches exactly one label', async () => {
    const nginx = await serve(`server { LISTEN default_server; return 404; }
      server { LISTEN; server_name "~^[a-z0-9_-]+\\\\.example\\\\.com$"; return 200 found; }`);
    const asked = ['a.example.com', 'A.Example.COM', 'a.b.example.com', 'example.com', '.example.com', 'aexample.com'];
    const answers = await Promise.all(asked.map((host) => get(nginx, '/', host)));
    expect(answers.map(statusOf)).toEqual(
      [200, 200, 404, 404, 404, 404].map((status, index) => (index === 4 ? expect.any(Number) : status)),
    );
  });

  it('a name that does not fit its bucket stops the whole configuration', () => {
    const servers = `server { LISTEN; } server { LISTEN; server_name ${'a'.repeat(60)}.example.com; }`;
    expect(objection(`server_names_hash_bucket_size 64; ${servers}`)).toContain('server_names_hash');
    expect(objection(`server_names_hash_bucket_size 128; ${servers}`)).toBeUndefined();
  });

  it('error_page refuses 499', () => {
    expect(objection('server { LISTEN; error_page 499 /x; }')).toContain('499');
  });

  it('keepalive 0 is refused where nginx keeps no connections by itself', () => {
    const found = objection('upstream u { server 127.0.0.1:9; keepalive 0; }');
    if (testedCapabilities().upstreamKeepaliveByDefault) expect(found).toBeUndefined();
    else expect(found).toContain('invalid value "0"');
  });

  it('a name of a server that cannot be resolved stops the whole configuration', () => {
    expect(objection('upstream u { server no-such-name.invalid:80; }')).toContain('host not found');
    expect(objection('server { LISTEN; location / { proxy_pass http://no-such-name.invalid; } }')).toContain(
      'host not found',
    );
  });
});

describe('redirects and rewrites', () => {
  it('a replacement that begins with a scheme is a redirect, although it says break', async () => {
    const nginx = await serve('server { LISTEN; location / { rewrite ^ "http://evil.example/" break; return 404; } }');
    expect(locationOf(await get(nginx, '/'))).toBe('http://evil.example/');
  });

  it('a decoded path in a header ends it where the client wants', async () => {
    const nginx = await serve('server { LISTEN; location ~ "^/([^?]*)" { return 302 "https://x.example/$1"; } }');
    expect(await get(nginx, '/%0d%0aSet-Cookie:%20evil=1')).toMatch(/^Set-Cookie: evil=1\r$/m);
  });

  it('a rewritten path is escaped when it is forwarded; a query made of it is not', async () => {
    const recorder = await startRecorder();
    const nginx = await serve(`server { LISTEN;
      location /path { rewrite ^ "/to$uri" break; proxy_pass http://127.0.0.1:${recorder.port}; }
      location /query { rewrite ^ "/to?u=$uri" break; proxy_pass http://127.0.0.1:${recorder.port}; } }`);
    await get(nginx, '/path%0d%0aEvil:%201');
    expect(recorder.received()).toContain('GET /to/path%0D%0AEvil:%201 HTTP/1.1');
    await get(nginx, '/query%0d%0aEvil:%201');
    expect(recorder.received()).toContain('\r\nEvil: 1');
    recorder.close();
  });

  it('return with another status than those of redirects sends the location as the body', async () => {
    const nginx = await serve('server { LISTEN; location / { return 305 "https://x.example/"; } }');
    expect(locationOf(await get(nginx, '/'))).toBeUndefined();
  });
});

describe('inheritance and errors', () => {
  it('one header of its own costs a location all inherited ones', async () => {
    const nginx = await serve(`add_header X-Outer 1; server { LISTEN;
      location /own { add_header X-Inner 1; return 200 a; } location / { return 200 b; } }`);
    expect(await get(nginx, '/own')).not.toContain('X-Outer');
    expect(await get(nginx, '/')).toContain('X-Outer');
  });

  it('error_page with = gives the status to whoever makes the page, without it keeps the first', async () => {
    const nginx = await serve(`server { LISTEN;
      location /kept { error_page 403 @page; deny all; } location /lost { error_page 403 = @page; deny all; }
      location @page { return 200 page; } }`);
    expect(statusOf(await get(nginx, '/lost'))).toBe(200);
    expect(statusOf(await get(nginx, '/kept'))).toBe(403);
  });

  it('$http_host is what a client wrote, $host what nginx chose the server by', async () => {
    const nginx = await serve('server { LISTEN; location / { return 200 "$host $http_host"; } }');
    expect(bodyOf(await get(nginx, 'http://asked.example/', 'other.example'))).toBe('asked.example other.example');
  });
});
