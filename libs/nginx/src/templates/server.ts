/**
 * Duty: one host: where it listens, its certificate, its locations.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';
import { grpcHeaders, proxyHeaders, unmatchedProxyHeaders } from './request-headers.ts';

export interface ServerView {
  readonly listen: readonly ListenView[];
  /** Undefined for the catch-all. */
  readonly name: NginxToken | undefined;
  /** One file with the chain and the key. */
  readonly certificate: { readonly file: NginxToken } | undefined;
  readonly tlsRedirect: { readonly status: NginxToken } | undefined;
  readonly locations: readonly LocationView[];
  readonly errorPages: readonly ErrorPageView[];
  /** One for each location that forwards lead to. */
  readonly failures: readonly FailureView[];
}

export interface ListenView {
  readonly address: NginxToken;
  readonly ssl: boolean;
  readonly http2: boolean;
  readonly isDefault: boolean;
  readonly proxyProtocol: boolean;
}

export interface LocationView extends LocationBodyView {
  readonly isExact: boolean;
  readonly isRegex: boolean;
  readonly isRegexIgnoringCase: boolean;
  readonly path: NginxToken;
}

/** What happens to a request. At most one of the answers, in the order of the fields, takes effect. */
export interface LocationBodyView {
  readonly isUnavailable: boolean;
  readonly isNotFound: boolean;
  readonly redirect: { readonly status: NginxToken; readonly location: NginxToken } | undefined;
  readonly appRoot: { readonly path: NginxToken } | undefined;
  readonly tlsRedirect: { readonly status: NginxToken } | undefined;
  readonly access: AccessView | undefined;
  readonly errorPages: readonly ErrorPageUseView[];
  readonly forward: ForwardView | undefined;
}

/** Which errors a location of `ServerView.errorPages` answers. */
export interface ErrorPageUseView {
  readonly codes: readonly NginxToken[];
  /** `=404`: what the client gets, where that is another status. */
  readonly status: NginxToken | undefined;
  readonly location: NginxToken;
}

export interface AccessView {
  readonly denied: readonly NginxToken[];
  readonly allowed: readonly NginxToken[];
  readonly onlyAllowed: boolean;
}

export interface ForwardView {
  readonly bodySize: NginxToken | undefined;
  /** Address that nginx resolves for each request. */
  readonly resolved: NginxToken | undefined;
  readonly failure: FailureView | undefined;
  readonly rewrite: { readonly pattern: NginxToken; readonly replacement: NginxToken } | undefined;
  readonly proxy: ForwardModuleView | undefined;
  readonly grpc: ForwardModuleView | undefined;
}

/** What becomes of a request that no endpoint has answered. */
export interface FailureView {
  /** Where that is decided. */
  readonly location: NginxToken;
  /** The location that answers errors. */
  readonly page: NginxToken | undefined;
  /** The request cannot begin anew. */
  readonly isFinal: boolean;
}

export interface ForwardModuleView {
  readonly connectTimeout: NginxToken | undefined;
  readonly sendTimeout: NginxToken | undefined;
  readonly readTimeout: NginxToken | undefined;
  readonly headers: { readonly host: NginxToken } | undefined;
  /** Nobody has a rule for the request; never over gRPC. */
  readonly unmatched: { readonly host: NginxToken; readonly reason: NginxToken } | undefined;
  readonly interceptsErrors: boolean;
  readonly url: NginxToken;
}

export interface ErrorPageView {
  readonly location: NginxToken;
  readonly url: NginxToken;
}

const body = `{{#errorPages}}
error_page{{#codes}} {{.}}{{/codes}}{{#status}} {{.}}{{/status}} {{location}};
{{/errorPages}}
{{#redirect}}
return {{status}} {{location}};
{{/redirect}}
{{#appRoot}}
return 302 {{path}};
{{/appRoot}}
{{#tlsRedirect}}
if ($gatehouse_redirects_to_tls) {
    return {{status}} https://$host$gatehouse_tls_port_suffix$request_uri;
}
{{/tlsRedirect}}
{{#isUnavailable}}
return 503;
{{/isUnavailable}}
{{#isNotFound}}
return 404;
{{/isNotFound}}
{{#access}}
{{#denied}}
deny {{.}};
{{/denied}}
{{#allowed}}
allow {{.}};
{{/allowed}}
{{#onlyAllowed}}
deny all;
{{/onlyAllowed}}
{{/access}}
{{#forward}}
{{> forward}}
{{/forward}}
`;

const forward = `{{#bodySize}}
client_max_body_size {{.}};
{{/bodySize}}
{{#resolved}}
set $gatehouse_backend {{.}};
{{/resolved}}
{{#failure}}
recursive_error_pages on;
error_page 502 = {{location}};
{{#page}}
set $gatehouse_page {{.}};
{{/page}}
{{#isFinal}}
set $gatehouse_tried 1;
{{/isFinal}}
{{/failure}}
{{#rewrite}}
rewrite {{pattern}} {{replacement}} break;
{{/rewrite}}
{{#proxy}}
${forwardModule('proxy')}{{/proxy}}
{{#grpc}}
${forwardModule('grpc')}{{/grpc}}
`;

function forwardModule(module: 'grpc' | 'proxy'): string {
  return `{{#connectTimeout}}
${module}_connect_timeout {{.}};
{{/connectTimeout}}
{{#sendTimeout}}
${module}_send_timeout {{.}};
{{/sendTimeout}}
{{#readTimeout}}
${module}_read_timeout {{.}};
{{/readTimeout}}
{{#headers}}
{{> ${module}Headers}}
{{/headers}}
${module === 'proxy' ? '{{#unmatched}}\n{{> unmatchedProxyHeaders}}\n{{/unmatched}}\n' : ''}{{#interceptsErrors}}
${module}_intercept_errors on;
{{/interceptsErrors}}
${module}_pass {{url}};
`;
}

// error_page stands without a bare `=`: whatever the error backend answers, the client gets the status that the page is
// about. The body of the request is for nobody, and may be what was too large or never come: to have nothing wait for it, it
// is passed on as it comes, to the server of error pages, which wants none (templates/errors.ts).
export const serverTemplate = `
    server {
{{#listen}}
        listen {{address}}{{#ssl}} ssl{{/ssl}}{{#http2}} http2{{/http2}}{{#isDefault}} default_server{{/isDefault}}{{#proxyProtocol}} proxy_protocol{{/proxyProtocol}};
{{/listen}}
        server_name {{#name}}{{.}}{{/name}}{{^name}}_{{/name}};
{{#certificate}}
        ssl_certificate {{file}};
        ssl_certificate_key {{file}};
{{/certificate}}
{{#tlsRedirect}}
        if ($gatehouse_redirects_to_tls) {
            return {{status}} https://$host$gatehouse_tls_port_suffix$request_uri;
        }
{{/tlsRedirect}}
{{#locations}}

        location {{#isExact}}= {{/isExact}}{{#isRegex}}~ {{/isRegex}}{{#isRegexIgnoringCase}}~* {{/isRegexIgnoringCase}}{{path}} {
            {{> body}}
        }
{{/locations}}
{{#errorPages}}

        location {{location}} {
            client_max_body_size 0;
            proxy_request_buffering off;
            proxy_read_timeout 15s;
            proxy_pass {{url}};
        }
{{/errorPages}}
{{#failures}}

        location {{location}} {
            recursive_error_pages on;
{{#page}}
            error_page 502 503 $gatehouse_page;
{{/page}}
            if ($gatehouse_idle) {
                return 503;
            }
            if ($gatehouse_again) {
                set $gatehouse_tried 1;
                rewrite ^ $gatehouse_path?$gatehouse_query? last;
            }
            return 502;
        }
{{/failures}}
    }
`;

export const serverPartials = { body, forward, proxyHeaders, unmatchedProxyHeaders, grpcHeaders };

export const renderServer = compileTemplate<ServerView>(serverTemplate, serverPartials);
