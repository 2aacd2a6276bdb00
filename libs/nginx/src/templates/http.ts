/**
 * Duty: what stands once in nginx.conf: the main level, the defaults of all servers in the http block, which stays open
 * for the upstreams and servers that follow. Locations inherit all of it, and write only what differs.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';
import { endpointDnsTemplate, type EndpointDnsView } from './endpoint-dns.ts';
import { clientsTemplate, type ClientsView } from './clients.ts';
import { errorPagesTemplate, type ErrorAskingView } from './error-pages.ts';
import { grpcHeaders, proxyHeaders } from './request-headers.ts';
import { errorPages } from './server.ts';

export interface HttpView {
  /** A module that has to be loaded. */
  readonly streamModule: NginxToken | undefined;
  readonly workerProcesses: NginxToken | undefined;
  readonly workerConnections: NginxToken;
  readonly workerShutdownTimeout: NginxToken;
  readonly pidFile: NginxToken;
  /** User, and perhaps group. */
  readonly user: { readonly names: readonly NginxToken[] } | undefined;
  readonly temporaryFiles: TemporaryFilesView;
  readonly hasAccessLog: boolean;
  readonly serverNamesHashMaxSize: NginxToken;
  readonly serverNamesHashBucketSize: NginxToken;
  /** Undefined when `endpointDns` is asked instead. */
  readonly resolver: { readonly addresses: readonly NginxToken[] } | undefined;
  readonly endpointDns: EndpointDnsView | undefined;
  readonly clientHeaderTimeout: NginxToken;
  readonly clientBodyTimeout: NginxToken;
  readonly keepAliveTimeout: NginxToken;
  readonly keepsConnectionsOverReload: boolean;
  readonly bodySize: NginxToken;
  readonly http2: boolean;
  readonly tls: TlsView | undefined;
  readonly hsts: { readonly value: NginxToken; readonly hasGrpc: boolean } | undefined;
  /** Undefined when nobody is asked for error pages. */
  readonly errors: ErrorAskingView | undefined;
  readonly noTlsRedirectPaths: readonly NginxToken[];
  readonly tlsPortSuffix: NginxToken;
  readonly keepsUpstreamConnections: boolean;
  readonly clients: ClientsView;
  /** Whether this nginx tells the port that a client named. */
  readonly knowsRequestPort: boolean;
  readonly host: NginxToken;
  readonly connectTimeout: NginxToken;
  readonly sendTimeout: NginxToken;
  readonly readTimeout: NginxToken;
  readonly grpc: GrpcView | undefined;
}

interface TemporaryFilesView {
  readonly body: NginxToken;
  readonly proxy: NginxToken;
  readonly fastcgi: NginxToken;
  readonly uwsgi: NginxToken;
  readonly scgi: NginxToken;
}

export interface TlsView {
  /** Of servers that name none; undefined leaves them that of the catch-all. */
  readonly certificate: { readonly file: NginxToken } | undefined;
  /** Of the tables from names to certificates; undefined where there are none. */
  readonly namesHash: { readonly maxSize: NginxToken; readonly bucketSize: NginxToken } | undefined;
  readonly protocols: readonly NginxToken[];
  readonly ciphers: NginxToken | undefined;
  readonly sessionTickets: boolean;
  /** The first seals, all open. Where there is none, nginx makes keys in the session cache and changes them itself (1.23.2). */
  readonly sessionTicketKeys: readonly NginxToken[];
}

interface GrpcView {
  readonly host: NginxToken;
  readonly connectTimeout: NginxToken;
  readonly sendTimeout: NginxToken;
  readonly readTimeout: NginxToken;
}

// No worker_rlimit_nofile: Node, which starts nginx, has raised the limit as far as the machine allows.
export const httpTemplate = `{{#streamModule}}
load_module {{.}};
{{/streamModule}}
daemon off;
worker_processes {{#workerProcesses}}{{.}}{{/workerProcesses}}{{^workerProcesses}}auto{{/workerProcesses}};
worker_shutdown_timeout {{workerShutdownTimeout}};
error_log stderr notice;
pid {{pidFile}};
{{#user}}
user{{#names}} {{.}}{{/names}};
{{/user}}

events {
    worker_connections {{workerConnections}};
}

http {
{{#temporaryFiles}}
    client_body_temp_path {{body}};
    proxy_temp_path {{proxy}};
    fastcgi_temp_path {{fastcgi}};
    uwsgi_temp_path {{uwsgi}};
    scgi_temp_path {{scgi}};
{{/temporaryFiles}}

{{#hasAccessLog}}
    log_format gatehouse '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
        '"$http_referer" "$http_user_agent" $request_length $request_time [$proxy_host] [] $upstream_addr '
        '$upstream_response_length $upstream_response_time $upstream_status $gatehouse_request_id';
    access_log /dev/stdout gatehouse buffer=64k flush=1s;
{{/hasAccessLog}}
{{^hasAccessLog}}
    access_log off;
{{/hasAccessLog}}

    types { }
    default_type text/plain;
    server_tokens off;
    absolute_redirect off;

    server_names_hash_max_size {{serverNamesHashMaxSize}};
    server_names_hash_bucket_size {{serverNamesHashBucketSize}};
    variables_hash_max_size 2048;
    proxy_headers_hash_max_size 1024;
    proxy_headers_hash_bucket_size 128;
{{#resolver}}

    resolver{{#addresses}} {{.}}{{/addresses}};
    resolver_timeout 5s;
{{/resolver}}

    client_header_timeout {{clientHeaderTimeout}};
    client_body_timeout {{clientBodyTimeout}};
    client_max_body_size {{bodySize}};
    keepalive_timeout {{keepAliveTimeout}};
{{#keepsConnectionsOverReload}}
    keepalive_min_timeout 5s;
{{/keepsConnectionsOverReload}}
    reset_timedout_connection on;
{{#http2}}
    http2 on;
{{/http2}}
{{#tls}}

{{#certificate}}
    ssl_certificate {{file}};
    ssl_certificate_key {{file}};
{{/certificate}}
{{#namesHash}}
    map_hash_max_size {{maxSize}};
    map_hash_bucket_size {{bucketSize}};
{{/namesHash}}
    ssl_protocols{{#protocols}} {{.}}{{/protocols}};
{{#ciphers}}
    ssl_ciphers {{.}};
    ssl_prefer_server_ciphers on;
{{/ciphers}}
    ssl_session_cache shared:gatehouse_sessions:10m;
    ssl_session_timeout 10m;
    ssl_session_tickets {{#sessionTickets}}on{{/sessionTickets}}{{^sessionTickets}}off{{/sessionTickets}};
{{#sessionTicketKeys}}
    ssl_session_ticket_key {{.}};
{{/sessionTicketKeys}}
    ssl_buffer_size 4k;
{{/tls}}

    # A dollar sign that stays one: values of geo are not expanded.
    geo $gatehouse_dollar {
        default "$";
    }

    # The port that the client wrote behind the host, with its colon.
{{#knowsRequestPort}}
    map "" $gatehouse_port_suffix {
        default $is_request_port$request_port;
    }
{{/knowsRequestPort}}
{{^knowsRequestPort}}
    map $http_host $gatehouse_port_suffix {
        "~(?<gatehouse_port>:[0-9]{1,5})$" $gatehouse_port;
        default "";
    }
{{/knowsRequestPort}}

{{#clients}}
    {{> clients}}
{{/clients}}

    # The client's request id when it looks like one, else ours.
    map $http_x_request_id $gatehouse_request_id {
        "" $request_id;
        "~^[A-Za-z0-9._:/+=@-]{1,128}$" $http_x_request_id;
        default $request_id;
    }

    map "" $gatehouse_idle_connection {
        default {{#keepsUpstreamConnections}}""{{/keepsUpstreamConnections}}{{^keepsUpstreamConnections}}close{{/keepsUpstreamConnections}};
    }

    # HTTP/2 without TLS is not offered to backends: within it nobody would look at paths any more.
    # Nor is any connection upgraded to whoever makes the page of an error: it must carry the next request as well.
    map $http_upgrade $gatehouse_upgrade {
        volatile;
        "" "";
        default $gatehouse_offered_upgrade;
    }
    map "$proxy_host:$http_upgrade" $gatehouse_offered_upgrade {
        volatile;
        "~^gatehouse_errors:" "";
        "~*[:, ]h2c?(?:$|[, ])" "";
        default $http_upgrade;
    }

    map $gatehouse_upgrade $gatehouse_connection {
        volatile;
        "" $gatehouse_idle_connection;
        default upgrade;
    }

    # The port that redirects to HTTPS name, with its colon.
    map "" $gatehouse_tls_port_suffix {
        default {{tlsPortSuffix}};
    }

    map $gatehouse_scheme $gatehouse_redirects_to_tls {
        http $gatehouse_redirected_path;
        default "";
    }
    map $uri $gatehouse_redirected_path {
{{#noTlsRedirectPaths}}
        {{.}} "";
{{/noTlsRedirectPaths}}
        default 1;
    }
{{#endpointDns}}

    {{> endpointDns}}
{{/endpointDns}}
{{#errors}}

    {{> errors}}
{{/errors}}
{{#hsts}}

    map $https $gatehouse_hsts {
        on {{value}};
        default "";
    }
    add_header Strict-Transport-Security $gatehouse_hsts always;
    proxy_hide_header Strict-Transport-Security;
{{#hasGrpc}}
    grpc_hide_header Strict-Transport-Security;
{{/hasGrpc}}
{{/hsts}}

    proxy_http_version 1.1;
    {{> proxyHeaders}}
    proxy_connect_timeout {{connectTimeout}};
    proxy_send_timeout {{sendTimeout}};
    proxy_read_timeout {{readTimeout}};
    proxy_next_upstream error timeout;
    proxy_next_upstream_tries 3;
    proxy_buffering off;
    proxy_buffer_size 4k;
    proxy_buffers 4 4k;
    proxy_redirect off;
    proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset;
{{#grpc}}

    {{> grpcHeaders}}
    grpc_connect_timeout {{connectTimeout}};
    grpc_send_timeout {{sendTimeout}};
    grpc_read_timeout {{readTimeout}};
    grpc_next_upstream error timeout;
    grpc_next_upstream_tries 3;
    grpc_ignore_headers X-Accel-Redirect X-Accel-Charset;
{{/grpc}}
`;

/** Without the indentation that the place of a partial gives it. */
const asPartial = (template: string): string => template.replace(/^ {4}/gm, '');

export const httpPartials = {
  clients: asPartial(clientsTemplate),
  endpointDns: asPartial(endpointDnsTemplate),
  errors: asPartial(errorPagesTemplate),
  errorPages,
  proxyHeaders,
  grpcHeaders,
};

export const renderHttp = compileTemplate<HttpView>(httpTemplate, httpPartials);
