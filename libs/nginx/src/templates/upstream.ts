/**
 * Duty: the endpoints of one backend.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';

export interface UpstreamView {
  readonly name: NginxToken;
  /** Where nginx keeps addresses that it resolves itself. */
  readonly zone: NginxToken | undefined;
  /** Whom it asks instead of the DNS server that tells endpoints. */
  readonly resolver: { readonly addresses: readonly NginxToken[] } | undefined;
  /** Its endpoints come by DNS, under this name; `servers` is empty then. */
  readonly byDns: { readonly server: NginxToken; readonly service: NginxToken; readonly zone: NginxToken } | undefined;
  readonly servers: readonly { readonly address: NginxToken; readonly resolve: boolean }[];
  /** Idle connections; local: a location takes none that another one made. */
  readonly keepAlive: { readonly connections: NginxToken; readonly local: boolean } | undefined;
}

// max_fails=0: which endpoints are ready is Kubernetes' verdict. With nginx' own (one failure takes an endpoint out for
// 10 s) a client could empty a Service by asking for what is slow enough to time out, and workers would disagree. An
// endpoint that has gone costs one retry.
export const upstreamTemplate = `
    upstream {{name}} {
{{#zone}}
        zone {{.}} 64k;
{{/zone}}
{{#resolver}}
        resolver{{#addresses}} {{.}}{{/addresses}};
        resolver_timeout 5s;
{{/resolver}}
{{#byDns}}
        zone {{zone}};
        server {{server}} {{service}} max_fails=0 resolve;
{{/byDns}}
{{#servers}}
        server {{address}} max_fails=0{{#resolve}} resolve{{/resolve}};
{{/servers}}
{{#keepAlive}}
        keepalive {{connections}}{{#local}} local{{/local}};
{{/keepAlive}}
    }
`;

export const renderUpstream = compileTemplate<UpstreamView>(upstreamTemplate);
