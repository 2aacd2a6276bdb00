/**
 * Duty: what Prometheus is told of the webhook's certificate.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { WebhookIdentity } from './webhook-identity.ts';

/** Asked of the identity whenever the registry is read. */
export function addIdentityMetrics(registry: Registry, identity: Pick<WebhookIdentity, 'facts'>): void {
  new Gauge({
    name: 'gatehouse_admission_certificate_end_timestamp_seconds',
    help: 'When the certificate ends that the webhook shows (serving), and its own authority',
    labelNames: ['certificate'],
    registers: [registry],
    collect() {
      for (const [certificate, endsMs] of identity.facts().endsMs) this.set({ certificate }, endsMs / 1000);
    },
  });
  new Counter({
    name: 'gatehouse_admission_certificate_changes_total',
    help: 'How often the webhook took another certificate while it ran',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(identity.facts().changes);
    },
  });
  new Counter({
    name: 'gatehouse_admission_certificate_failures_total',
    help: 'What went wrong with the certificate of the webhook, by what was tried',
    labelNames: ['step'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [step, count] of identity.facts().failures) this.inc({ step }, count);
    },
  });
}
