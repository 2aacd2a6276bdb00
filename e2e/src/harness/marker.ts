/**
 * Duty: telling from outside when a controller has taken in all that was applied: an Ingress that is applied last redirects
 * to a place that says the how-manieth it is. Changes of one kind reach a controller in the order of their making.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Question } from './ask.ts';

const HOST = 'marker.gatehouse.test';
export const MARKER = 'gatehouse-e2e-marker';
const POLL_MS = 25;
const LIMIT_MS = 15_000;

/** The marker as a YAML document. */
export function markerDocument(count: number, className: string): string {
  return JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: MARKER,
      namespace: 'default',
      annotations: { 'nginx.ingress.kubernetes.io/permanent-redirect': placeOf(count) },
    },
    spec: {
      ingressClassName: className,
      rules: [
        {
          host: HOST,
          http: {
            paths: [{ path: '/', pathType: 'Exact', backend: { service: { name: MARKER, port: { number: 80 } } } }],
          },
        },
      ],
    },
  });
}

export interface MarkerWait {
  readonly count: number;
  /** So many answers in a row, for where several answer in turn. */
  readonly inARow: number;
  readonly ask: (question: Question) => Promise<Answer>;
}

/** Resolves when the marker with this count answers. */
export async function untilMarked({ count, inARow, ask }: MarkerWait): Promise<void> {
  const deadlineMs = performance.now() + LIMIT_MS;
  let last = 'nothing';
  for (let marked = 0; marked < inARow; marked = last === placeOf(count) ? marked + 1 : 0) {
    if (performance.now() > deadlineMs)
      throw new Error(`what was applied is not served within ${LIMIT_MS} ms: ${last}`);
    if (marked === 0) await delay(POLL_MS);
    last = await ask({ ask: `GET http://${HOST}/` }).then(
      ({ status, headers }) => headers.location ?? String(status),
      (error: unknown) => String(error),
    );
  }
}

const placeOf = (count: number): string => `https://${HOST}/${count}`;
