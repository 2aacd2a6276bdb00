import { describe, expect, it } from '@jest/globals';
import { parseNginxVersion } from './parse-nginx-version.ts';

const debian12 = `nginx version: nginx/1.22.1
built with OpenSSL 3.0.22 25 Aug 2026 (running with OpenSSL 3.0.19 27 Jan 2026)
TLS SNI support enabled
configure arguments: --with-cc-opt='-g -O2' --prefix=/usr/share/nginx --with-compat --with-debug --with-http_ssl_module --with-http_stub_status_module --with-http_realip_module --with-http_v2_module --with-stream_ssl_module
`;
const debianForky = `nginx version: nginx/1.30.6
built by gcc 16.2.0 (Debian 16.2.0-3)
built with OpenSSL 3.6.5 29 Sep 2026
TLS SNI support enabled
configure arguments: --override-system=Linux --with-cc-opt='-g -O2' --with-http_ssl_module --with-http_stub_status_module --with-http_v2_module --with-http_v3_module --modules-path=/usr/lib/nginx/modules --with-stream_realip_module --with-stream=dynamic
`;

describe('parseNginxVersion', () => {
  it('knows what Debian 12 brings', () => {
    expect(parseNginxVersion(debian12)).toEqual({
      ok: true,
      value: {
        version: '1.22.1',
        http2Directive: false,
        http2: true,
        ssl: true,
        stubStatus: true,
        upstreamResolve: false,
        keepaliveMinTimeout: false,
        certificateCache: false,
        requestPort: false,
        upstreamKeepaliveByDefault: false,
        realIp: true,
        streamRealIp: false,
        stream: { kind: 'absent' },
      },
    });
  });

  it('knows what the current stable version brings', () => {
    expect(parseNginxVersion(debianForky)).toEqual({
      ok: true,
      value: {
        version: '1.30.6',
        http2Directive: true,
        http2: true,
        ssl: true,
        stubStatus: true,
        upstreamResolve: true,
        keepaliveMinTimeout: true,
        certificateCache: true,
        requestPort: true,
        upstreamKeepaliveByDefault: true,
        realIp: false,
        streamRealIp: true,
        stream: { kind: 'loadable', file: '/usr/lib/nginx/modules/ngx_stream_module.so' },
      },
    });
  });

  it.each([
    ['1.25.0', false, false, false],
    ['1.25.1', true, false, false],
    ['1.27.2', true, false, false],
    ['1.27.3', true, true, false],
    ['1.28.0', true, true, false],
    ['1.29.7', true, true, true],
    ['2.0.0', true, true, true],
  ])('knows since which version something is there: %s', (version, http2Directive, upstreamResolve, byDefault) => {
    const parsed = parseNginxVersion(debian12.replace('1.22.1', version));
    expect(parsed).toMatchObject({
      ok: true,
      value: { version, http2Directive, upstreamResolve, upstreamKeepaliveByDefault: byDefault },
    });
  });

  it('takes builds by others and without modules', () => {
    const text = 'nginx version: openresty/1.27.1.2\nconfigure arguments: --without-http_geo_module\n';
    expect(parseNginxVersion(text)).toMatchObject({
      ok: true,
      value: { version: '1.27.1', ssl: false, http2: false, http2Directive: false },
    });
  });

  it.each([
    ['--with-stream', { kind: 'builtIn' }],
    ['--with-stream --modules-path=/m', { kind: 'builtIn' }],
    [
      '--with-stream=dynamic --modules-path=/opt/nginx/modules',
      { kind: 'loadable', file: '/opt/nginx/modules/ngx_stream_module.so' },
    ],
    ['--with-stream=dynamic', { kind: 'absent' }],
    ['--with-stream=dynamic --modules-path=/a;b', { kind: 'absent' }],
    ['--with-stream_ssl_module', { kind: 'absent' }],
  ])('knows where the stream module is: %s', (words, stream) => {
    const parsed = parseNginxVersion(`nginx version: nginx/1.28.0\nconfigure arguments: ${words}\n`);
    expect(parsed).toMatchObject({ ok: true, value: { stream } });
  });

  it.each(['', 'nginx: command not found', 'nginx version: nginx/1.22.1'])('refuses %j', (text) => {
    expect(parseNginxVersion(text)).toMatchObject({ ok: false });
  });
});
