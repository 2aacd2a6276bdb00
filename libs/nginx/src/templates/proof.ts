/**
 * Duty: the server that tells which configuration runs, and the end of the http block.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';

export interface ProofView {
  readonly socket: NginxToken;
  readonly digest: NginxToken;
}

export const proofTemplate = `
    # Answers with the digest of this configuration, as proof that it is the one that runs.
    server {
        listen {{socket}};
        access_log off;
        location / {
            return 200 {{digest}};
        }
    }
}
`;

export const renderProof = compileTemplate<ProofView>(proofTemplate);
