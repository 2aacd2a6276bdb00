/**
 * Duty: the server that asks error backends for pages. Hosts get here by error_page, over its socket, with all that is to
 * be said in the path (`$gatehouse_error_url`), so that the headers for error backends stand once and not in every host.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';
import { errorPageHeaders } from './request-headers.ts';

export interface ErrorsView {
  readonly socket: NginxToken;
  readonly backends: readonly ErrorBackendView[];
}

interface ErrorBackendView {
  readonly path: NginxToken;
  /** The location that asks it for those who still send a body. */
  readonly withoutBody: NginxToken;
  /** Address that nginx resolves for each request. */
  readonly resolved: NginxToken | undefined;
  readonly url: NginxToken;
  /** For errors whose status is decided here; undefined where there are none. */
  readonly forced: ForcedView | undefined;
}

interface ForcedView {
  readonly idlePath: NginxToken;
  readonly lostPath: NginxToken;
  readonly withoutBody: NginxToken;
  /** Reads what there is of a body, and hangs up. */
  readonly hangsUp: NginxToken;
}

/** Those that nginx has a page of its own for. */
const plainCodes = [
  ...[400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 421, 429],
  ...[500, 501, 502, 503, 504, 505, 507],
];

const plain = plainCodes.map((code) => `if ($gatehouse_error_code = ${code}) {\n    return ${code};\n}\n`).join('');

const ask = `
{{#resolved}}
set $gatehouse_backend {{.}};
{{/resolved}}
rewrite ^ / break;
proxy_pass {{url}};
`.trimStart();

const failures = 'error_page 404 500 502 503 504 = @plain;\n';

// The status that the client gets is decided before a request gets here, or by the beginning of its path. So a backend that
// fails or takes too long costs the client its page and some seconds, and nothing else.
//
// A body is too large here as soon as there is one. nginx then waits for no more of it, and closes the connection, so that
// what is left of it is never taken for a request. The headers of a page may be smaller than those that hosts take from here.
//
// No request is upgraded on its way here (templates/http.ts), and none would be taken: an error backend could make a tunnel look
// like an answer that has ended, and the next request of anybody would go through it.
export const errorsTemplate = `
    # Why there is an error: from the status, or else as the location says.
    map $request_uri $gatehouse_reason {
        "~^/(?:(?:idle|lost)/)?[a-z]+/[0-9]+/(?:-/)?(?<gatehouse_reason_found>[a-z][a-z-]*)/" $gatehouse_reason_found;
        default "";
    }

    # Asks error backends for pages.
    server {
        listen {{socket}} backlog=4096;
        access_log off;
        large_client_header_buffers 8 64k;
        recursive_error_pages off;
        {{> failures}}
        if ($request_uri !~ "^/(?:(?:idle|lost)/)?[a-z]+/(?<gatehouse_error_code>[45][0-9][0-9])/[a-z-]+/[a-z-]+/(?:-|(?<gatehouse_error_namespace>[^/]+))/(?:-|(?<gatehouse_error_ingress>[^/]+))/(?:-|(?<gatehouse_error_service>[^/]+))/(?:-|(?<gatehouse_error_port>[^/?]+))(?<gatehouse_error_uri>[/?].*)$") {
            return 404;
        }
        if ($http_upgrade != "") {
            return 404;
        }
        {{> errorPageHeaders}}
        client_max_body_size 1;
        proxy_pass_request_body off;
        proxy_buffer_size 3k;
        proxy_connect_timeout 2s;
        proxy_send_timeout 5s;
        proxy_read_timeout 5s;
        proxy_next_upstream_timeout 5s;
{{#backends}}

        location {{path}} {
            error_page 413 = {{withoutBody}};
            {{> failures}}
            {{> ask}}
        }

        location {{withoutBody}} {
            recursive_error_pages on;
            {{> ask}}
        }
{{#forced}}

        location {{idlePath}} {
            recursive_error_pages on;
            error_page 413 500 502 504 =503 {{withoutBody}};
            proxy_pass {{hangsUp}};
        }

        location {{lostPath}} {
            recursive_error_pages on;
            error_page 413 500 502 504 =502 {{withoutBody}};
            proxy_pass {{hangsUp}};
        }
{{/forced}}
{{/backends}}

        location / {
            client_max_body_size 0;
            return 404;
        }

        location @plain {
            {{> plain}}
            return 404 "$gatehouse_error_code\\n";
        }
    }
`;

export const errorsPartials = { ask, errorPageHeaders, failures, plain };

export const renderErrors = compileTemplate<ErrorsView>(errorsTemplate, errorsPartials);
