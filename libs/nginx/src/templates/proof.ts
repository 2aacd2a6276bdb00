/**
 * Duty: the server that tells which configuration runs, and the end of the http block.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';
import { ownErrors } from './error-pages.ts';

export interface ProofView {
  readonly socket: NginxToken;
  readonly digest: NginxToken;
  /** Shows any certificate of `keys/` that the client names; undefined where certificates are read with the configuration. */
  readonly keys: { readonly socket: NginxToken; readonly proven: NginxToken; readonly needed: NginxToken } | undefined;
  /** Says which endpoints an upstream has, where they come by DNS and nginx keeps connections apart. */
  readonly tellsPeers: boolean;
}

// /peers/ connects to no endpoint and sends nothing. The kernel refuses to leave the machine from a loopback address, and to
// go from an IPv4 address to an IPv6 one; nginx then tries the next endpoint, and ends with a list of all. It needs
// `keepalive … local`: another location's idle connection would be taken, and used. The errors are what is wanted.
const peersTemplate = `
        location ~ ^/peers/4/([a-z]+)$ {
            error_log /dev/null emerg;
            proxy_bind 127.0.0.1;
            proxy_next_upstream error;
            proxy_next_upstream_tries 0;
            error_page 502 = @gatehouse_peers;
            proxy_pass http://$1;
        }
        location ~ ^/peers/6/([a-z]+)$ {
            error_log /dev/null emerg;
            proxy_bind [::ffff:127.0.0.1];
            proxy_next_upstream error;
            proxy_next_upstream_tries 0;
            error_page 502 = @gatehouse_peers;
            proxy_pass http://$1;
        }
        location @gatehouse_peers {
            return 200 "peers $upstream_addr";
        }
`;

export const proofTemplate = `
{{#keys}}
    # No other file can be named.
    map $ssl_server_name $gatehouse_proven_key {
        "~^(?:[0-9a-f]{64}\\.(?:pem|live)|default\\.live)$" $ssl_server_name;
        default default.live;
    }

{{/keys}}
    # Answers with the digest of this configuration, as proof that it is the one that runs.
    server {
        listen {{socket}};
{{#keys}}
        listen {{socket}} ssl;
        root {{proven}};
        ssl_certificate $gatehouse_certificate;
        ssl_certificate_key $gatehouse_certificate;
        # It verifies nobody: without the directory of keys nginx is not to start.
        ssl_trusted_certificate {{needed}};
{{/keys}}
        access_log off;
        {{> ownErrors}}
        location / {
            return 200 {{digest}};
        }
{{#tellsPeers}}
${peersTemplate.trimEnd()}
{{/tellsPeers}}
    }
}
`;

export const renderProof = compileTemplate<ProofView>(proofTemplate, { ownErrors });
