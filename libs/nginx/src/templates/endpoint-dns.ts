/**
 * Duty: what stands once so that endpoints come by DNS: the resolver, the memory that upstreams share, and who answers for
 * Services without endpoints.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';

export interface EndpointDnsView {
  readonly address: NginxToken;
  /** The end of a list of addresses that were tried: where names without endpoints lead to. */
  readonly idleAddress: NginxToken;
}

export interface EndpointZoneView {
  readonly zone: NginxToken;
  readonly size: NginxToken;
  readonly noEndpoints: NginxToken;
}

// templates/error-pages.ts has what is made of it.
export const endpointDnsTemplate = `    # Tells endpoints. It holds each question until they change, and answers it before the timeout.
    resolver {{address}};
    resolver_timeout 30s;

    # There was no endpoint to try at last.
    map $upstream_addr $gatehouse_idle {
        volatile;
        {{idleAddress}} idle;
        default "";
    }

    # What was asked for, where it can be asked for again.
    map $request_uri $gatehouse_path {
        "~^(?<gatehouse_path_found>(?:/(?!\\.{0,2}/|\\.{1,2}(?:\\?|$))[!$&-.0-9:;=@A-Z_a-z~-]*)+)(?:\\?|$)" $gatehouse_path_found;
        default "";
    }
    map $request_uri $gatehouse_query {
        "~\\?(?<gatehouse_query_found>.*)$" $gatehouse_query_found;
        default "";
    }

    map $upstream_bytes_sent $gatehouse_unsent {
        volatile;
        "~^[0, :]+$" unsent;
        default "";
    }
`;

// The server of the first block is never asked: the block is there for the size, which stands once.
export const endpointZoneTemplate = `
    upstream {{zone}} {
        zone {{zone}} {{size}};
        server {{noEndpoints}} down;
    }
`;

export const noEndpointsTemplate = `
    # Where names without endpoints lead to. It gives no answer, so that nginx asks $gatehouse_idle what to say.
    server {
        listen {{noEndpoints}};
        access_log off;
        return 444;
    }
`;

/** The server of a configuration that nginx is started with: it learns endpoints before anybody can ask for anything. */
export const warmUpTemplate = `
    server {
        listen {{socket}};
        access_log off;
        return 200 "starting {{digest}}";
    }
}
`;

export interface WarmUpView {
  readonly socket: NginxToken;
  readonly digest: NginxToken;
}

export const renderWarmUp = compileTemplate<WarmUpView>(warmUpTemplate);
export const renderEndpointZone = compileTemplate<EndpointZoneView>(endpointZoneTemplate);
export const renderNoEndpoints = compileTemplate<Pick<EndpointZoneView, 'noEndpoints'>>(noEndpointsTemplate);
