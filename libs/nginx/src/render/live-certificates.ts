/**
 * Duty: what a bundle has of the certificates that nginx reads at each handshake. Made anew only when a host has come or gone
 * or has another certificate. Must not know what is in one.
 */
import type { Certificate, Model } from '@gatehouse/routing';
import { readsCertificatesLive } from '../plan/context.ts';
import { planCertificates, type CertificatesPlan } from '../plan/plan-certificates.ts';
import type { RenderOptions } from '../render-options.ts';
import { renderCertificates } from '../templates/certificates.ts';
import { digestOf } from './chunk.ts';

export interface LiveCertificates {
  readonly plan: CertificatesPlan;
  /** Which certificate belongs to a name: whole lines. */
  readonly map: string;
  /** Of what each link leads to. */
  readonly linksDigest: string;
}

/** Of one model after another; undefined where nginx reads certificates with its configuration alone. */
export function liveCertificates(options: RenderOptions): (model: Model) => LiveCertificates | undefined {
  if (!readsCertificatesLive(options)) return () => undefined;
  let last: { readonly model: Model; readonly live: LiveCertificates } | undefined;
  return (model) => {
    const live = last !== undefined && haveSameCertificates(last.model, model) ? last.live : make(model, options);
    last = { model, live };
    return live;
  };
}

function make(model: Model, options: RenderOptions): LiveCertificates {
  const plan = planCertificates(model, options);
  const links = [...plan.links].map(([name, certificate]) => `${name} ${certificate?.id ?? ''}`);
  return { plan, map: renderCertificates(plan.view), linksDigest: digestOf(links.join('\n')) };
}

function haveSameCertificates(one: Model, other: Model): boolean {
  return (
    isSame(one.defaultCertificate, other.defaultCertificate) &&
    one.hosts.length === other.hosts.length &&
    one.hosts.every(({ name, certificate }, at) => {
      const host = other.hosts[at];
      return host?.name === name && isSame(certificate, host.certificate);
    })
  );
}

function isSame(one: Certificate | undefined, other: Certificate | undefined): boolean {
  return one === other || (one?.id === other?.id && one?.secret === other?.secret);
}
