/**
 * Duty: machines to render for, for tests.
 */
import { newestCapabilities, type NginxCapabilities, type RenderOptions } from '@gatehouse/nginx';

/** What nginx 1.30 as Debian builds it can do. */
export const nginx130 = newestCapabilities;

/** What nginx 1.22 as Debian 12 has it can do. */
export const nginx122: NginxCapabilities = {
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
  streamRealIp: true,
  stream: { kind: 'loadable', file: '/usr/lib/nginx/modules/ngx_stream_module.so' },
};

/** One HTTP and one HTTPS port of an nginx 1.30 in /run/gatehouse, but for `shape`. */
export function someRenderOptions(shape: Partial<RenderOptions> = {}): RenderOptions {
  return Object.freeze({
    capabilities: nginx130,
    http: [{ address: '127.0.0.1', port: 8080 }],
    https: [{ address: '127.0.0.1', port: 8443 }],
    runtimeDirectory: '/run/gatehouse',
    ...shape,
  });
}
