/**
 * Duty: the stream block: TCP and UDP ports that are passed on. Its head, one piece for each port, its end.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';

export interface StreamHeadView {
  readonly hasAccessLog: boolean;
  readonly resolver: { readonly addresses: readonly NginxToken[]; readonly timeout: NginxToken } | undefined;
  /** Who is believed about addresses by the PROXY protocol. */
  readonly trusted: readonly NginxToken[];
  readonly idleTimeout: NginxToken;
  readonly connectTimeout: NginxToken;
  readonly triesNext: NginxToken;
  readonly triesTimeout: NginxToken;
  readonly tries: NginxToken;
}

export interface StreamView {
  readonly upstream: { readonly name: NginxToken } | undefined;
  readonly listen: readonly { readonly address: NginxToken; readonly udp: boolean; readonly proxyProtocol: boolean }[];
  /** An address that nginx resolves for each session, instead of `upstream`. */
  readonly resolved: NginxToken | undefined;
  readonly udpAnswers: NginxToken | undefined;
  readonly sendsProxyProtocol: boolean;
}

export const streamHeadTemplate = `
stream {
{{#hasAccessLog}}
    log_format gatehouse '[$remote_addr] [$time_local] $protocol $status $bytes_sent $bytes_received $session_time';
    access_log /dev/stdout gatehouse buffer=64k flush=1s;
{{/hasAccessLog}}
{{^hasAccessLog}}
    access_log off;
{{/hasAccessLog}}
{{#resolver}}
    resolver{{#addresses}} {{.}}{{/addresses}};
    resolver_timeout {{timeout}};
{{/resolver}}
{{#trusted}}
    set_real_ip_from {{.}};
{{/trusted}}
    proxy_timeout {{idleTimeout}};
    proxy_connect_timeout {{connectTimeout}};
    proxy_next_upstream {{triesNext}};
    proxy_next_upstream_timeout {{triesTimeout}};
    proxy_next_upstream_tries {{tries}};
`;

// With reuseport all datagrams of a client reach the same worker, which
// alone knows the session.
export const streamTemplate = `
    server {
{{#listen}}
        listen {{address}}{{#udp}} udp reuseport{{/udp}}{{#proxyProtocol}} proxy_protocol{{/proxyProtocol}};
{{/listen}}
{{#udpAnswers}}
        proxy_responses {{.}};
{{/udpAnswers}}
{{#sendsProxyProtocol}}
        proxy_protocol on;
{{/sendsProxyProtocol}}
{{#resolved}}
        set $gatehouse_backend {{.}};
        proxy_pass $gatehouse_backend;
{{/resolved}}
{{#upstream}}
        proxy_pass {{name}};
{{/upstream}}
    }
`;

export const STREAM_END = '}\n';

export const renderStreamHead = compileTemplate<StreamHeadView>(streamHeadTemplate);
export const renderStream = compileTemplate<StreamView>(streamTemplate);
