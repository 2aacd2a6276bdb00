/**
 * Duty: telling what came of comparing the endpoints that nginx has with those that it was told: as metrics, and in the log
 * by the names of Services, which whoever runs nginx does not know.
 */
import type { ObjectKey } from '@gatehouse/core';
import type { ProofListeners } from '@gatehouse/nginx-process';
import type { Logger } from '@gatehouse/pipeline';
import { Counter, Gauge, type Registry } from 'prom-client';

interface ProofPorts {
  readonly logger: Logger;
  /** The Service that an upstream leads to; undefined for one that is not known any more. */
  readonly serviceOf: (upstream: string) => ObjectKey | undefined;
}

/** Adds the metrics; to be told of what is found. */
export function tellEndpointProof(
  registry: Registry,
  { logger, serviceOf }: ProofPorts,
): Omit<ProofListeners, 'onRelearning'> {
  const registers = [registry];
  const drifts = new Counter({
    name: 'gatehouse_endpoint_drift_total',
    help: 'How often nginx used other endpoints for a Service than it was told',
    registers,
  });
  const compared = new Gauge({
    name: 'gatehouse_endpoints_compared_timestamp_seconds',
    help: 'When the endpoints that nginx uses had all been compared last, in seconds since 1970; 0: not yet, or they cannot be',
    registers,
  });
  return {
    onDrift(count, names) {
      drifts.inc(count);
      for (const upstream of names) {
        logger.warn('nginx used other endpoints for a Service than it was told; it is told again', {
          service: serviceOf(upstream),
          upstream,
        });
      }
    },
    onCompared: (atMs) => compared.set(atMs / 1000),
  };
}
