/**
 * Duty: the server that tells how nginx itself is, for the machine it runs on alone.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';
import { ownErrors } from './error-pages.ts';

export interface StatusView {
  readonly address: NginxToken;
  /** Whether this nginx can count its connections. */
  readonly counts: boolean;
}

export const statusTemplate = `
    # How nginx itself is.
    server {
        listen {{address}};
        access_log off;
        {{> ownErrors}}
        location = /healthz {
            return 200 "ok\\n";
        }
{{#counts}}
        location = /nginx_status {
            stub_status;
        }
{{/counts}}
        location / {
            return 404 "not found\\n";
        }
    }
`;

export const renderStatus = compileTemplate<StatusView>(statusTemplate, { ownErrors });
