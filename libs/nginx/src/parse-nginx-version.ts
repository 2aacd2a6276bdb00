/**
 * Duty: reads what `nginx -V` prints.
 */
import { err, ok, type Result } from '@gatehouse/core';
import type { NginxCapabilities, StreamCapability } from './capabilities.ts';
import { isAtLeast, type Version } from './version.ts';

const MODULES_PATH = /^--modules-path=(\/[A-Za-z0-9._/-]+)$/;

/** What the nginx that printed `text` can do. The error says what is missing in the text. */
export function parseNginxVersion(text: string): Result<NginxCapabilities> {
  const found = /^nginx version: \S*?\/(\d{1,5})\.(\d{1,5})\.(\d{1,5})/m.exec(text);
  if (found === null) return err('no line "nginx version: nginx/…" was found');
  const version: Version = [Number(found[1]), Number(found[2]), Number(found[3])];
  const builtWith = /^configure arguments:(.*)$/m.exec(text)?.[1];
  if (builtWith === undefined) return err('no line "configure arguments: …" was found');
  const words = builtWith.split(/\s+/);
  const http2 = words.includes('--with-http_v2_module');
  return ok({
    version: version.join('.'),
    http2,
    ssl: words.includes('--with-http_ssl_module'),
    stubStatus: words.includes('--with-http_stub_status_module'),
    http2Directive: http2 && isAtLeast(version, [1, 25, 1]),
    upstreamResolve: isAtLeast(version, [1, 27, 3]),
    keepaliveMinTimeout: isAtLeast(version, [1, 27, 4]),
    certificateCache: isAtLeast(version, [1, 27, 4]),
    requestPort: isAtLeast(version, [1, 29, 3]),
    upstreamKeepaliveByDefault: isAtLeast(version, [1, 29, 7]),
    realIp: words.includes('--with-http_realip_module'),
    streamRealIp: words.includes('--with-stream_realip_module'),
    stream: readStream(words),
  });
}

/** A module in a file is taken for there; only who can look into the file system knows. */
function readStream(words: readonly string[]): StreamCapability {
  if (words.includes('--with-stream')) return { kind: 'builtIn' };
  const directory = words.map((word) => MODULES_PATH.exec(word)?.[1]).find((path) => path !== undefined);
  const isLoadable = words.includes('--with-stream=dynamic') && directory !== undefined;
  return isLoadable ? { kind: 'loadable', file: `${directory}/ngx_stream_module.so` } : { kind: 'absent' };
}
