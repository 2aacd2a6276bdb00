import type { Serving } from '@gatehouse/http';
import { askPort, RecordingLogger } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { networksOf } from './networks.ts';
import { ErrorReports, type ReportedError } from './reported-error.ts';
import { startDefaultBackend } from './start.ts';

const proxies = networksOf(['10.0.0.0/8']);
const readers = networksOf(['192.168.0.0/16', '2001:db8::/32']);
const reports = new ErrorReports({ proxies, readers });

function read(headers: IncomingHttpHeaders, remoteAddress: string | undefined = '10.1.2.3'): ReportedError {
  return reports.read({ headers, socket: { remoteAddress } } as unknown as IncomingMessage);
}

const everything = {
  host: 'shop.example.com',
  'x-code': '503',
  'x-format': 'application/json',
  'x-original-uri': '/a?b=c',
  'x-namespace': 'team-a',
  'x-ingress-name': 'shop',
  'x-service-name': 'web',
  'x-service-port': '80',
  'x-request-id': '0af7651916cd43dd8448eb211c80319c',
  'x-gatehouse-reason': 'no-endpoints',
  'x-forwarded-for': '192.168.7.7',
};

describe('what a proxy reports', () => {
  it('is believed of one that is trusted', () => {
    const report = read(everything);
    expect(report).toMatchObject({
      ...{ status: 503, reason: 'no-endpoints', xFormat: 'application/json', hostClass: 'routed', showsDetails: true },
      ...{ reference: '0af7651916cd43dd8448eb211c80319c', host: 'shop.example.com', namespace: 'team-a' },
    });
    expect(report.details()).toEqual({
      ...{ host: 'shop.example.com', uri: '/a?b=c', namespace: 'team-a' },
      ...{ ingress: 'shop', service: 'web', servicePort: '80' },
    });
  });

  it.each(['192.168.7.7', '11.1.2.3', '::1', ''])('is nothing of anybody else, such as %s', (address) => {
    const report = read(everything, address);
    expect(report).toMatchObject({ status: 404, hostClass: 'untrusted', showsDetails: false });
    expect(report.details()).toEqual({});
    expect(report).toMatchObject({ host: undefined, namespace: undefined });
    expect(report).toMatchObject({ reason: undefined, xFormat: undefined });
    expect(report.reference).toMatch(/^[0-9a-f]{32}$/);
    expect(report.reference).not.toBe(everything['x-request-id']);
  });

  it('is of no Ingress when none is named', () => {
    expect(read({ ...everything, 'x-ingress-name': '' }).hostClass).toBe('unrouted');
    expect(read({}).hostClass).toBe('unrouted');
  });

  it.each([
    ['192.168.7.7', true],
    ['2001:db8::7', true],
    ['192.168.7.7, 192.168.1.1', true],
    ['8.8.8.8', false],
    // What the client wrote comes first, what the proxy saw comes last.
    ['192.168.7.7, 8.8.8.8', false],
    ['8.8.8.8, 192.168.7.7', false],
    ['192.168.7.7,', false],
    ['unix:', false],
    ['', false],
    [undefined, false],
    [Array(17).fill('192.168.7.7').join(', '), false],
  ])('is shown in full to X-Forwarded-For %j: %s', (forwardedFor, expected) => {
    const { 'x-forwarded-for': _, ...others } = everything;
    const headers = forwardedFor === undefined ? others : { ...others, 'x-forwarded-for': forwardedFor };
    expect(read({ ...headers, 'x-real-ip': '192.168.7.7' }).showsDetails).toBe(expected);
  });

  it('is shown in full to nobody when there are no readers', () => {
    const headers = everything as IncomingHttpHeaders;
    const request = { headers, socket: { remoteAddress: '10.1.2.3' } } as unknown as IncomingMessage;
    expect(new ErrorReports({ proxies, readers: undefined }).read(request).showsDetails).toBe(false);
  });

  it('is UTF-8 again, and no longer than a screen', () => {
    const uri = Buffer.from('/größe/テスト').toString('latin1');
    expect(read({ 'x-original-uri': uri }).details().uri).toBe('/größe/テスト');
    expect(read({ 'x-original-uri': `/${'x'.repeat(5000)}` }).details().uri).toHaveLength(1000);
    expect(read({ 'x-namespace': '' }).details().namespace).toBeUndefined();
  });

  it('is a report whatever the headers hold', () => {
    const value = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(fc.record(Object.fromEntries(Object.keys(everything).map((name) => [name, value]))), (headers) => {
        const { status, reference } = read(headers);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThanOrEqual(599);
        expect(reference).toMatch(/^[A-Za-z0-9._:/+=@-]{1,128}$/);
      }),
    );
  });
});

describe('a default backend that trusts others', () => {
  const logger = new RecordingLogger();
  let serving: Serving;

  beforeAll(async () => {
    serving = await startDefaultBackend({
      ...{ host: '127.0.0.1', port: 0, healthPort: 0, brandName: 'Cafe', logger },
      ...{ trustedProxies: ['8.8.8.8/32'], detailsNetworks: ['0.0.0.0/0'], retryAfter429: 0, retryAfter503: 0 },
    });
  });

  afterAll(() => serving.close(0));

  it('answers 404 without details to whatever this machine says', async () => {
    const { status, headers, text } = await askPort({
      port: serving.port,
      headers: { ...everything, accept: 'text/plain' },
    });
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    for (const word of ['team-a', 'shop', 'web', '/a?b=c', everything['x-request-id']])
      expect(text).not.toContain(word);
  });

  it('says so once in the log', async () => {
    for (let round = 0; round < 2; round += 1) await askPort({ port: serving.port, headers: everything });
    const warnings = logger.messages('warn').filter((message) => message.includes('--trusted-proxies'));
    expect(warnings).toHaveLength(1);
  });
});
