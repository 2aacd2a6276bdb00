/**
 * Duty: the flags of the proxy.
 */
import { bool, integer, text, type Command, type FlagTable, type FlagValues } from '@gatehouse/flags';
import { logFlags } from '@gatehouse/logging';

export const proxyCommand = {
  name: 'gatehouse-proxy',
  summary: 'Runs nginx for a controller that shares its runtime directory',
  details: `The controller writes DIR/config and DIR/keys; this program reads them, and writes DIR/proxy alone. It starts nginx
with the last configuration that was proven, without waiting for the controller.`,
  flags: {
    'runtime-dir': text({
      default: '/run/gatehouse',
      placeholder: 'DIR',
      summary: 'The directory that is shared with the controller',
    }),
    'nginx-binary': text({
      default: '',
      placeholder: 'FILE',
      summary: 'The nginx to run; found on the PATH when left out',
    }),
    'healthz-port': integer({
      default: 10_244,
      min: 0,
      max: 65_535,
      placeholder: 'PORT',
      summary: 'Port of /healthz and /readyz; 0 takes a free one',
    }),
    'healthz-host': text({
      default: '',
      placeholder: 'IP',
      summary: 'Address of the health port; every address when left out',
    }),
    'endpoint-dns-port': integer({
      default: 10_243,
      min: 0,
      max: 65_535,
      placeholder: 'PORT',
      summary: 'Port of 127.0.0.1 to 127.0.0.3 by which nginx learns endpoints without a reload; 0 is none',
    }),
    'loopback-endpoints': bool({
      default: false,
      summary: 'Take endpoints on this machine, which a controller has whose objects come from files',
    }),
    'shutdown-grace-period': integer({
      default: 0,
      min: 0,
      max: 3600,
      placeholder: 'SECONDS',
      summary: 'How long to go on serving after the signal to end, with readiness already off',
    }),
    ...logFlags,
  },
} as const satisfies Command<FlagTable>;

export type ProxyFlags = FlagValues<typeof proxyCommand.flags>;
