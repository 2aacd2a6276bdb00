/**
 * Duty: the flags of the admission webhook.
 */
import { duration, integer, text, texts, type Command, type FlagTable, type FlagValues } from '@gatehouse/flags';
import { connectionFlags } from '@gatehouse/kube-client';
import { logFlags } from '@gatehouse/logging';
import { routingFlags } from '@gatehouse/routing';
import { answerFlags } from './answer-flags.ts';
import { clientFlags } from './clients/client-flags.ts';
import { identityFlags } from './identity/identity-flags.ts';
import { intakeFlags } from './intake-flags.ts';

const port = { min: 0, max: 65_535, placeholder: 'PORT' } as const;

export const admissionWebhookCommand = {
  name: 'gatehouse admission-webhook',
  summary: 'Refuses Ingresses that would break or take over something',
  flags: {
    manifests: texts({
      default: [],
      placeholder: 'PATH',
      aliases: ['f'],
      summary: 'Read objects from this directory or file of YAML, or from standard input (-), instead of an API server',
    }),
    ...connectionFlags,
    host: text({ default: '', placeholder: 'ADDRESS', summary: 'Address to listen on; every address when left out' }),
    port: integer({ ...port, default: 8443, summary: 'Port of the webhook (HTTPS); 0 takes a free one' }),
    'health-port': integer({
      ...port,
      default: 8081,
      summary: 'Port of /healthz, /readyz and /metrics; that of the webhook makes them HTTPS too; 0 takes a free one',
    }),
    ...identityFlags,
    ...clientFlags,
    ...intakeFlags,
    ...answerFlags,
    ...routingFlags,
    'shutdown-grace-period': duration({ default: '10s', summary: 'How long running requests may take at the end' }),
    ...logFlags,
  },
} as const satisfies Command<FlagTable>;

export type AdmissionWebhookFlags = FlagValues<typeof admissionWebhookCommand.flags>;
