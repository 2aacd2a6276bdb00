import { describe, expect, it } from '@jest/globals';
import { variablesIn } from '@gatehouse/annotations';
import { headerExpression, ownUrl, rewriteReplacement } from './expression.ts';
import { NginxToken, TokenRefused } from './token.ts';

const text = (value: string) => ({ kind: 'text', text: value }) as const;
const variable = (name: string) => ({ kind: 'variable', name }) as const;
const routeNames: readonly string[] = ['namespace', 'ingress_name', 'service_name', 'service_port'];

describe('expressions', () => {
  it('write text as text, dollar signs by a constant variable', () => {
    const token = headerExpression([text('https://$host{"\\'), variable('host'), text('x')]);
    expect(NginxToken.print(token)).toBe(String.raw`"https://${'${gatehouse_dollar}'}host{\"\\${'${host}'}x"`);
  });

  it('write captures with one digit, as nginx reads them', () => {
    expect(NginxToken.print(rewriteReplacement([text('/'), variable('1'), text('0')]))).toBe('"/$10"');
  });

  it('write a path of the same host as an URL', () => {
    expect(NginxToken.print(ownUrl('/a$b'))).toBe(
      '"${gatehouse_scheme}://${host}${gatehouse_port_suffix}/a${gatehouse_dollar}b"',
    );
  });

  it.each([
    '1',
    'uri',
    'document_uri',
    'gatehouse_port_suffix',
    'http_host',
    'ssl_client_raw_cert',
    '',
    'a}b',
    'host\n',
  ])('refuse the variable %j in a header', (name) => {
    expect(() => headerExpression([variable(name)])).toThrow(TokenRefused);
  });

  it.each(['args', 'request_uri', '0', '10', 'gatehouse_request_id'])('refuse the variable %j in a path', (name) => {
    expect(() => rewriteReplacement([text('/'), variable(name)])).toThrow(TokenRefused);
  });

  it.each([
    ['an URL, which would be a redirect', [text('http://example.com/')]],
    ['a scheme, which would be a redirect', [variable('scheme'), text('://example.com/')]],
    ['a host in front', [variable('host')]],
    ['a query, which nginx would not escape', [text('/?a='), variable('uri')]],
    ['nothing', []],
  ])('refuse %s as a path', (_what, parts) => {
    expect(() => rewriteReplacement(parts)).toThrow(TokenRefused);
  });

  it.each(['a\r\nSet-Cookie: x', 'a\0'])('refuse the text %j', (value) => {
    expect(() => headerExpression([text(value)])).toThrow(TokenRefused);
  });

  it.each(variablesIn.redirect.filter((name) => !routeNames.includes(name)))('know $%s of redirects', (name) => {
    expect(NginxToken.print(headerExpression([variable(name)]))).toBe(`"\${${name}}"`);
  });

  it.each(variablesIn.upstreamHost.filter((name) => !routeNames.includes(name)))('know $%s of hosts', (name) => {
    expect(NginxToken.print(headerExpression([variable(name)]))).toBe(`"\${${name}}"`);
  });

  it.each(variablesIn.rewriteTarget.filter((name) => !routeNames.includes(name)))('know $%s of paths', (name) => {
    expect(() => rewriteReplacement([text('/'), variable(name)])).not.toThrow();
  });
});
