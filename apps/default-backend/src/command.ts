/**
 * Duty: the flags of the default backend.
 */
import { DESIGNS, defaultBrand } from '@gatehouse/error-pages';
import { bool, duration, integer, oneOf, text, type Command, type FlagTable, type FlagValues } from '@gatehouse/flags';
import { logFlags } from '@gatehouse/logging';
import { networkNames, TRUSTED_PROXIES } from './networks.ts';

const MOST_SECONDS = 86_400;

export const defaultBackendCommand = {
  name: 'gatehouse default-backend',
  summary: 'Answers what nothing else answers with an error page',
  flags: {
    host: text({ default: '', placeholder: 'ADDRESS', summary: 'Address to listen on; every address when left out' }),
    port: integer({
      default: 8080,
      min: 0,
      max: 65_535,
      placeholder: 'PORT',
      summary: 'Port of the error pages; 0 takes a free one',
    }),
    'health-port': integer({
      default: 8081,
      min: 0,
      max: 65_535,
      placeholder: 'PORT',
      summary: 'Port of /healthz, /readyz and /metrics; may be that of the error pages; 0 takes a free one',
    }),
    'brand-directory': text({
      default: '',
      placeholder: 'DIR',
      summary: 'Directory with a brand.yaml and its files, followed while it is served; see docs/error-pages.md',
    }),
    'brand-name': text({
      default: 'Gatehouse',
      placeholder: 'NAME',
      summary: 'Name on the pages unless brand.yaml has one',
    }),
    design: oneOf(DESIGNS, { default: defaultBrand.design, summary: 'How the pages look unless brand.yaml says it' }),
    'trusted-proxies': networkNames({
      default: TRUSTED_PROXIES,
      summary:
        'Networks of the proxies whose headers (X-Code and its like) are believed; private is every address that is not of the Internet, neighbours those like our own in the first 16 bits (IPv4) or 56 (IPv6)',
    }),
    'details-networks': networkNames({
      default: [],
      summary:
        'Networks of the clients who are shown Ingress, Service and URI beside the reference number; private and neighbours are words for some',
    }),
    'retry-after-429': integer({
      default: 5,
      min: 0,
      max: MOST_SECONDS,
      placeholder: 'SECONDS',
      summary: 'Retry-After of pages for 429; 0 leaves it out',
    }),
    'retry-after-503': integer({
      default: 10,
      min: 0,
      max: MOST_SECONDS,
      placeholder: 'SECONDS',
      summary: 'Retry-After of pages for 503; 0 leaves it out',
    }),
    'access-log': bool({ default: false, summary: 'Write a line of JSON to standard output for each answer' }),
    'shutdown-grace-period': duration({ default: '10s', summary: 'How long running requests may take at the end' }),
    ...logFlags,
  },
} as const satisfies Command<FlagTable>;

export type DefaultBackendFlags = FlagValues<typeof defaultBackendCommand.flags>;
