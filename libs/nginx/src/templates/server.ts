/**
 * Duty: one host: where it listens, its certificate, its locations.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';
import { ownErrors } from './error-pages.ts';
import { grpcHeaders, proxyHeaders, unmatchedProxyHeaders } from './request-headers.ts';

export interface ServerView {
  readonly listen: readonly ListenView[];
  /** Undefined for the catch-all. */
  readonly name: NginxToken | undefined;
  /** One file with the chain and the key. */
  readonly certificate: { readonly file: NginxToken } | undefined;
  readonly tlsRedirect: { readonly status: NginxToken } | undefined;
  readonly locations: readonly LocationView[];
  /** The location that all errors lead to; undefined where they lead nowhere. */
  readonly errors: { readonly beginAnew: boolean } | undefined;
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
  /** What is said of its errors; undefined where there is nothing to say. */
  readonly errorSubject: { readonly path: NginxToken } | undefined;
  /** None where they are those of all locations. */
  readonly errorPages: readonly ErrorPageView[];
  readonly forward: ForwardView | undefined;
}

/** Errors, and what becomes of them. */
export interface ErrorPageView {
  readonly codes: readonly NginxToken[];
  /** `=404`: what the client gets, where that is another status; `=` where that is still to be seen. */
  readonly status: NginxToken | undefined;
  readonly page: NginxToken;
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
  readonly rewrite: { readonly pattern: NginxToken; readonly replacement: NginxToken } | undefined;
  readonly proxy: ForwardModuleView | undefined;
  readonly grpc: ForwardModuleView | undefined;
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

export const errorPages = `{{#errorPages}}
error_page{{#codes}} {{.}}{{/codes}}{{#status}} {{.}}{{/status}} {{page}};
{{/errorPages}}
`;

const body = `{{#errorSubject}}
root {{path}};
{{/errorSubject}}
{{> errorPages}}
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

// One location for all errors of a host: nginx needs 8 kB for each. What they are about is the root of the location that they
// come from (templates/errors.ts). The body of the request is for nobody, and may be what was too large or never come: to
// have nothing wait for it, it is passed on as it comes, to the server of error pages, which wants none.
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
{{#errors}}

        location @gatehouse_error {
            {{> ownErrors}}
            client_max_body_size 0;
            proxy_request_buffering off;
            proxy_read_timeout 15s;
{{#beginAnew}}
            root /;
            try_files $gatehouse_stays $gatehouse_path?$gatehouse_query;
{{/beginAnew}}
            proxy_pass $gatehouse_error_url;
        }
{{/errors}}
    }
`;

export const serverPartials = {
  body,
  errorPages,
  forward,
  ownErrors,
  proxyHeaders,
  unmatchedProxyHeaders,
  grpcHeaders,
};

export const renderServer = compileTemplate<ServerView>(serverTemplate, serverPartials);
