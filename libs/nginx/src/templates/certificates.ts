/**
 * Duty: certificates that nginx reads at each handshake. The names in the table are links; `$realpath_root` asks the file
 * system where one leads, and is asked once for each handshake, since certificate and key must be of one file.
 */
import type { NginxToken } from '../tokens/token.ts';
import { compileTemplate } from '../template/strict-template.ts';

export interface CertificatesView {
  /** The link of a handshake, as a path. Nothing can be asked for below it: it leads to a file. */
  readonly root: NginxToken;
  readonly names: readonly CertificateEntryView[];
  /** The link for every other name, and for clients that send none; or what the wildcards say. */
  readonly otherwise: NginxToken;
  readonly wildcards: { readonly names: CertificatesView['names']; readonly unknown: NginxToken } | undefined;
}

/** The very same object when nothing of it has changed: its text is kept. */
export interface CertificateEntryView {
  readonly name: NginxToken;
  readonly link: NginxToken;
}

const HEAD = `
    # The certificate of a handshake, by its server name: a link, which is followed at each handshake.
    map $ssl_server_name $gatehouse_certificate_link {
        hostnames;
`;

export const certificateEntryTemplate = `        {{name}} {{link}};
`;

export const certificatesTemplate = `        default {{otherwise}};
    }
{{#wildcards}}

    # A wildcard stands for exactly one label.
    map $ssl_server_name $gatehouse_wildcard_name {
        "~*^[a-z0-9_-]+(?<gatehouse_parent>\\.[a-z0-9.-]*[a-z0-9])\\.?$" *$gatehouse_parent;
        default "";
    }

    map $gatehouse_wildcard_name $gatehouse_wildcard_link {
{{#names}}
        {{name}} {{link}};
{{/names}}
        default {{unknown}};
    }
{{/wildcards}}

    root {{root}};
    map "" $gatehouse_certificate {
        default $realpath_root;
    }
    # A file's name tells its content, so what was read stays right.
    ssl_certificate_cache max=32768 inactive=1h valid=1d;
`;

const renderEntry = compileTemplate<CertificateEntryView>(certificateEntryTemplate);
const renderRest = compileTemplate<Omit<CertificatesView, 'names'>>(certificatesTemplate);
const entries = new WeakMap<CertificateEntryView, string>();

export function renderCertificates({ names, ...rest }: CertificatesView): string {
  return `${HEAD}${names.map(entryText).join('')}${renderRest(rest)}`;
}

function entryText(entry: CertificateEntryView): string {
  const text = entries.get(entry) ?? renderEntry(entry);
  entries.set(entry, text);
  return text;
}
