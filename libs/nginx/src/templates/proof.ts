/**
 * Duty: the server that tells which configuration runs, and the end of the http block.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';

export interface ProofView {
  readonly socket: NginxToken;
  readonly digest: NginxToken;
  /** Shows any certificate of `keys/` that the client names; undefined where certificates are read with the configuration. */
  readonly keys: { readonly socket: NginxToken; readonly proven: NginxToken; readonly needed: NginxToken } | undefined;
}

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
        location / {
            return 200 {{digest}};
        }
    }
}
`;

export const renderProof = compileTemplate<ProofView>(proofTemplate);
