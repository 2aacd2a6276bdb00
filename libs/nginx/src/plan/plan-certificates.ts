/**
 * Duty: which certificate answers which handshake, where nginx reads certificates at each handshake: a table from server
 * names to links in the directory of keys. What a link leads to stands in no configuration, so that a renewed certificate
 * needs no new one.
 */
import { hash } from 'node:crypto';
import type { Certificate, HostModel, Model } from '@gatehouse/routing';
import type { RenderOptions } from '../render-options.ts';
import type { CertificateEntryView, CertificatesView } from '../templates/certificates.ts';
import { hostName, literal } from '../tokens/constructors.ts';
import { certificateLink, linkedKey, wildcardLink } from '../tokens/own-names.ts';

/** The link for all that has no certificate of its own. */
export const DEFAULT_LINK = 'default.live';

export interface CertificatesPlan {
  readonly view: CertificatesView;
  /** Longest name and number of the names, which nginx' tables are sized by. */
  readonly names: readonly string[];
  /** Name of each link → where it leads; undefined: to the self-signed certificate. Sorted by name. */
  readonly links: ReadonlyMap<string, Certificate | undefined>;
}

/** The table for a model. The same hosts with the same Secrets make the same view, whatever is in the Secrets. */
export function planCertificates(model: Model, options: RenderOptions): CertificatesPlan {
  const own = linkOf(model.defaultCertificate);
  const catchAll = model.hosts.find(({ name }) => name === '')?.certificate;
  const unknown = catchAll === undefined ? own : linkOf(catchAll);
  const named = model.hosts.filter(({ name }) => name !== '');
  const links = new Map(named.map((host) => [host.name, host.certificate ? linkOf(host.certificate) : own]));
  const wildcards = named.filter(({ name }) => name.startsWith('*.') && links.get(name) !== unknown);
  const wildcardLinks = new Map(wildcards.map(({ name }) => [name, links.get(name)]));
  const exact = named.filter(({ name }) => {
    const otherwise = wildcardLinks.get(`*${name.slice(name.indexOf('.'))}`) ?? unknown;
    return !name.startsWith('*.') && links.get(name) !== otherwise;
  });
  return {
    view: {
      root: linkedKey(options.runtimeDirectory, '$gatehouse_certificate_link'),
      names: exact.map((host) => entryOf(host, links.get(host.name) ?? own)),
      otherwise: wildcards.length === 0 ? certificateLink(unknown) : wildcardLink(),
      wildcards:
        wildcards.length === 0 ? undefined : { names: wildcards.map(wildcardEntry), unknown: certificateLink(unknown) },
    },
    names: [...exact, ...wildcards].map(({ name }) => name),
    links: leadingTo([model.defaultCertificate, ...model.hosts.map(({ certificate }) => certificate)]),
  };

  function wildcardEntry(host: HostModel): CertificatesView['names'][number] {
    hostName(host.name.slice(2));
    return { name: literal(host.name), link: certificateLink(links.get(host.name) ?? own) };
  }
}

/** What was made of objects that have not changed since. */
const linksOfCertificates = new WeakMap<Certificate, string>();
const entriesOfHosts = new WeakMap<HostModel, { readonly link: string; readonly view: CertificateEntryView }>();

/** Of its Secret's name, which never becomes part of it. */
function linkOf(certificate: Certificate | undefined): string {
  if (certificate === undefined) return DEFAULT_LINK;
  const link = linksOfCertificates.get(certificate) ?? `${hash('sha256', certificate.secret)}.live`;
  linksOfCertificates.set(certificate, link);
  return link;
}

function entryOf(host: HostModel, link: string): CertificateEntryView {
  const known = entriesOfHosts.get(host);
  if (known?.link === link) return known.view;
  const view = { name: hostName(host.name), link: certificateLink(link) };
  entriesOfHosts.set(host, { link, view });
  return view;
}

function leadingTo(certificates: readonly (Certificate | undefined)[]): CertificatesPlan['links'] {
  const links = new Map<string, Certificate | undefined>();
  for (const certificate of certificates) if (certificate !== undefined) links.set(linkOf(certificate), certificate);
  return new Map([...[...links].sort(([a], [b]) => (a < b ? -1 : 1)), [DEFAULT_LINK, undefined]]);
}
