/**
 * Duty: those metrics of the webhook of ingress-nginx that mean something here, under the names and labels that they had
 * there, so that dashboards go on. All tell of the last review alone.
 */
import { Gauge, type Registry } from 'prom-client';
import type { ReviewTimes } from './review-metrics.ts';

/** Whose metrics they are. */
export interface FormerLabels {
  readonly controllerClass: string;
  /** Of the Pod; both are empty outside a cluster. */
  readonly namespace: string;
  readonly pod: string;
}

/** What the answer is told of each review. */
export function createFormerMetrics(
  registry: Registry,
  { controllerClass, namespace, pod }: FormerLabels,
): (times: ReviewTimes, ingressCount: number) => void {
  const gauge = (name: string, help: string): { set(value: number): void } =>
    new Gauge({
      name: `nginx_ingress_controller_admission_${name}`,
      help,
      labelNames: ['controller_namespace', 'controller_class', 'controller_pod'],
      registers: [registry],
    }).labels(namespace, controllerClass, pod);
  const roundtrip = gauge('roundtrip_duration', 'Seconds from the request to the answer of the last review');
  const tested = gauge('tested_duration', 'Seconds that the last review itself took');
  const ingresses = gauge('tested_ingresses', 'Ingresses that the last review knew of');
  return ({ ownMs, wholeMs }, ingressCount) => {
    roundtrip.set(wholeMs / 1000);
    tested.set(ownMs / 1000);
    ingresses.set(ingressCount);
  };
}
