/**
 * Duty: rows of the table of faults: what users and Kubernetes change while traffic runs.
 */
import { E2E, FAULTS, test, type FaultRow } from './fault-row.ts';

export const changeFaults = [
  {
    id: 'route-edits',
    fault: 'routes edited',
    promise: '0 requests lost',
    tests: [test(`${FAULTS}/route-edits.spec.ts`, 'lose no request')],
  },
  {
    id: 'rollouts',
    fault: 'Pods of a backend replaced',
    promise: '0 requests lost, of Pods that serve on for 2.5 s',
    tests: [
      test(`${FAULTS}/rollouts.spec.ts`, 'lose no request'),
      test(`${FAULTS}/rollouts.apiserver.spec.ts`, 'lose no request'),
      test(`${E2E}/traffic.kind.spec.ts`, 'loses nothing to a rolling update of the backend'),
    ],
  },
  {
    id: 'endpoint-storm',
    fault: 'endpoint storm, 1,000 changes a minute',
    promise:
      '0 requests lost; a change is used within 2 s, 3.5 s by reload; a reload a second at most, none by DNS; memory flat',
    tests: [
      test(`${FAULTS}/endpoint-storm.spec.ts`, 'loses no request, is followed, and costs no reload'),
      test(`${FAULTS}/endpoint-storm.apiserver.spec.ts`, 'loses no request, is followed, and costs no more than'),
      test(`${E2E}/endpoints-without-reload.spec.ts`, 'come and go under load without one lost request'),
    ],
  },
  {
    id: 'certificate-rotation',
    fault: 'certificates renewed',
    promise:
      '0 requests and 0 handshakes lost; shown within 2 s without a reload with nginx 1.27.4 or newer, else within 5 s',
    tests: [
      test(`${FAULTS}/certificate-rotation.spec.ts`, 'lose no request and no handshake'),
      test(
        `${E2E}/certificate-renewal.spec.ts`,
        'is shown within a second, without a reload, and no handshake is lost',
      ),
    ],
  },
  {
    id: 'secrets-at-once',
    fault: '500 Secrets renewed at once',
    promise: '0 requests lost; 5 reloads at most; all served within 30 s',
    tests: [test(`${FAULTS}/secrets-at-once.spec.ts`, 'lose no request, and cost few reloads')],
  },
  {
    id: 'secret-garbled',
    fault: 'Secret deleted, garbled, with the key of another',
    promise: '0 requests and handshakes of other hosts lost; a Problem within 10 s; the default certificate meanwhile',
    tests: [
      test(`${FAULTS}/garbled-secret.spec.ts`, 'hurts no other host, is named'),
      test(`${E2E}/live-certificates.spec.ts`, 'keep the last good one when the new one cannot be used'),
      test(`${E2E}/reloads.spec.ts`, 'is the end of a key whose Secret is deleted while a reload waits'),
    ],
  },
  {
    id: 'many-objects',
    fault: '10,000 Ingresses and Services',
    promise: 'see [benchmarks](benchmarks.md), area cluster',
    tests: [],
    lacks: 'a measure, not a test: `npm run bench -- cluster`',
  },
] as const satisfies readonly FaultRow[];
