/**
 * Duty: the flags of the default backend.
 */
import { DESIGNS, defaultBrand } from '@gatehouse/error-pages';
import { duration, integer, oneOf, text, type Command, type FlagTable, type FlagValues } from '@gatehouse/flags';
import { logFlags } from '@gatehouse/logging';

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
    'shutdown-grace-period': duration({ default: '10s', summary: 'How long running requests may take at the end' }),
    ...logFlags,
  },
} as const satisfies Command<FlagTable>;

export type DefaultBackendFlags = FlagValues<typeof defaultBackendCommand.flags>;
