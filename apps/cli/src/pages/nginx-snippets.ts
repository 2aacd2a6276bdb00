/**
 * Duty: how an nginx that is not ours sends the pages that were written as files. Pure.
 */
import { LANGUAGES, PAGE_FORMATS } from '@gatehouse/error-pages';
import { pageEndings, type FolderBrand } from './static-pages.ts';

/** Where the server finds the pages; plain characters alone, so that nothing in it means something to nginx. */
export const plainPath = /^\/[A-Za-z0-9._~+@/-]*$/;

/** Media types that mean a format, other than its own. */
const otherTypes: Readonly<Record<string, readonly string[]>> = {
  'text/html': ['application/xhtml+xml'],
  'application/xml': ['text/xml'],
};

/** Variables for the block `http`: which folder, language and ending a request gets. */
export function renderHttpSnippet(brands: readonly FolderBrand[]): string {
  const languages = LANGUAGES.map((language) => ({ value: language, names: [language] }));
  const formats = PAGE_FORMATS.map((format) => ({
    value: pageEndings[format],
    names: [format, ...(otherTypes[format] ?? [])],
  }));
  const hosts = brands.flatMap(({ host, folder }) => (host === undefined ? [] : [{ host, folder }]));
  return `# For the block "http". The first language and the first media type that there are pages for are taken.
map $http_accept_language $gatehouse_pages_language {
    default en;
${languages.map((choice) => firstOf(choice, languages, '[-;,\\s]')).join('')}}
map $http_accept $gatehouse_pages_ending {
    default html;
${formats.map((choice) => firstOf(choice, formats, '[;,\\s]')).join('')}}
map $host $gatehouse_pages_folder {
    default default;
${hosts.sort(exactThenLongest).map(hostLine).join('')}}
`;
}

export interface ServedPages {
  readonly brands: readonly FolderBrand[];
  readonly statuses: readonly number[];
  /** The folder that the pages lie in; see `plainPath`. */
  readonly root: string;
}

/** What goes into each block `server` that shall have the pages. */
export function renderServerSnippet({ brands, statuses, root }: ServedPages): string {
  const policies = new Set(brands.map(({ brand }) => brand.styleSource));
  const formats = PAGE_FORMATS.map((format) => `        ${format} ${pageEndings[format]};\n`);
  return `# For a block "server". Errors of the application get a page when "proxy_intercept_errors on;" stands there, too.
error_page ${statuses.join(' ')} /.gatehouse-pages/$gatehouse_pages_folder/$gatehouse_pages_language/$status.$gatehouse_pages_ending;

location ^~ /.gatehouse-pages/ {
    internal;
    alias ${root.replace(/\/*$/, '/')};
    # Where nginx has the modules, "brotli_static on;" and "zstd_static on;" send the other compressed files.
    gzip_static on;
    types {
${formats.join('')}    }
    charset utf-8;
    charset_types ${PAGE_FORMATS.filter((format) => format !== 'text/html').join(' ')};
    etag off;
    add_header Cache-Control no-store always;
    add_header Content-Security-Policy "default-src 'none'; style-src ${[...policies].join(' ')}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" always;
    add_header Referrer-Policy no-referrer always;
    add_header Vary "Accept, Accept-Language" always;
    add_header X-Content-Type-Options nosniff always;
    add_header X-Robots-Tag noindex always;
}
`;
}

interface Choice {
  readonly value: string;
  readonly names: readonly string[];
}

interface HostFolder {
  readonly host: string;
  readonly folder: string;
}

/** nginx takes the first expression that matches. */
function exactThenLongest(a: HostFolder, b: HostFolder): number {
  return Number(a.host.startsWith('*')) - Number(b.host.startsWith('*')) || b.host.length - a.host.length;
}

/** An expression, since a plain name of more than 46 bytes needs a larger map_hash_bucket_size than nginx' own. */
function hostLine({ host, folder }: HostFolder): string {
  return `    "~^${escapeRegex(host).replace('*', '.+')}$" ${folder};\n`;
}

/**
 * A line of a map: the header names `choice` before any other of `all`. Nothing that was passed over is looked at again
 * (`*+` of PCRE), so that each byte is read once for each name, however the client has written the list.
 */
function firstOf({ value, names }: Choice, all: readonly Choice[], end: string): string {
  const own = `(?:${names.map(escapeRegex).join('|')})(?:${end}|$)`;
  const any = `(?:${all.flatMap((choice) => choice.names.map(escapeRegex)).join('|')})(?:${end}|$)`;
  return `    "~*^(?:\\s*+(?!${any})[^,]*+,)*+\\s*+${own}" ${value};\n`;
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[.+]/g, '\\$&');
}
