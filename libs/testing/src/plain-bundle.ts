/**
 * Duty: hand-written bundles that a real nginx takes, for tests of whoever applies bundles.
 */
import { createHash } from 'node:crypto';
import type { Bundle } from '@gatehouse/nginx';
import type { Certificate, Origin } from '@gatehouse/routing';

export interface PlainBundleShape {
  /** Where the runtime directory is; empty when nothing real runs. */
  readonly runtimeDirectory?: string;
  /** Port on 127.0.0.1 where every request is answered with `answer`. */
  readonly port?: number;
  readonly answer?: string;
  /** Further lines of the http block. */
  readonly httpLines?: readonly string[];
  /** Further lines of the main block. */
  readonly mainLines?: readonly string[];
  readonly certificates?: ReadonlyMap<string, Certificate>;
  readonly certificateLinks?: ReadonlyMap<string, Certificate | undefined>;
  readonly originOfLine?: (line: number) => Origin | undefined;
}

/** A bundle with a proof server and a server that answers a text. Equal shapes have equal digests. */
export function aBundle(shape: PlainBundleShape = {}): Bundle {
  const { runtimeDirectory = '', port = 0, answer = 'hello', httpLines = [], mainLines = [] } = shape;
  const certificates = shape.certificates ?? new Map<string, Certificate>();
  const certificateLinks = shape.certificateLinks ?? new Map<string, Certificate | undefined>();
  const text = (digest: string) =>
    [
      'daemon off;',
      'worker_processes 2;',
      `pid ${runtimeDirectory}/proxy/nginx.pid;`,
      'error_log stderr notice;',
      ...mainLines,
      'events { worker_connections 512; }',
      'http {',
      '  access_log off;',
      ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `  ${kind}_temp_path ${runtimeDirectory}/proxy/temp/${kind};`,
      ),
      `  server { listen unix:${runtimeDirectory}/proxy/proof.sock; access_log off; return 200 "${digest}"; }`,
      `  server { listen 127.0.0.1:${port}; return 200 "${answer}"; }`,
      ...httpLines.map((line) => `  ${line}`),
      '}',
      '',
    ].join('\n');
  const digest = createHash('sha256')
    .update(JSON.stringify([text(''), ...(certificateLinks.size === 0 ? certificates : certificateLinks).keys()]))
    .digest('hex');
  return {
    digest,
    told: new Map(),
    reloadCauses: [],
    files: new Map([['nginx.conf', text(digest)]]),
    certificates,
    certificateLinks,
    linksDigest: createHash('sha256')
      .update(JSON.stringify([...certificateLinks].map(([name, certificate]) => [name, certificate?.id])))
      .digest('hex'),
    problems: [],
    originOfLine: shape.originOfLine ?? (() => undefined),
  };
}
