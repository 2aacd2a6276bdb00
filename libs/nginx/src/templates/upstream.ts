/**
 * Duty: the endpoints of one backend.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';

export interface UpstreamView {
  readonly name: NginxToken;
  /** Where nginx keeps addresses that it resolves itself. */
  readonly zone: NginxToken | undefined;
  readonly servers: readonly { readonly address: NginxToken; readonly resolve: boolean }[];
  readonly keepAliveConnections: NginxToken | undefined;
}

// max_fails=0: which endpoints are ready is Kubernetes' verdict. With nginx' own (one failure takes an endpoint out for
// 10 s) a client could empty a Service by asking for what is slow enough to time out, and workers would disagree. An
// endpoint that has gone costs one retry.
export const upstreamTemplate = `
    upstream {{name}} {
{{#zone}}
        zone {{.}} 64k;
{{/zone}}
{{#servers}}
        server {{address}} max_fails=0{{#resolve}} resolve{{/resolve}};
{{/servers}}
{{#keepAliveConnections}}
        keepalive {{.}};
{{/keepAliveConnections}}
    }
`;

export const renderUpstream = compileTemplate<UpstreamView>(upstreamTemplate);
