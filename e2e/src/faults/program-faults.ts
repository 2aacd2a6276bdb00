/**
 * Duty: rows of the table of faults: our programs, and the backends.
 */
import { E2E, FAULTS, KUBE_CLIENT, test, type FaultRow } from './fault-row.ts';

export const programFaults = [
  {
    id: 'controller-restart',
    fault: 'controller killed and started again',
    promise: '0 requests lost; a change is live 5 s after the start',
    tests: [
      test(`${FAULTS}/controller-restart.spec.ts`, 'takes no request with it, and goes on where it was'),
      test(`${E2E}/proxy-agent.docker.spec.ts`, 'lose no request while the controller is killed and started again'),
      test(`${E2E}/traffic.kind.spec.ts`, 'is not touched by the death of the container with the controller'),
    ],
  },
  {
    id: 'sigterm',
    fault: 'SIGTERM during requests, rolling update of the controller',
    promise: '0 requests lost on new and on kept connections; requests under way end',
    tests: [
      test(`${E2E}/traffic.kind.spec.ts`, 'loses nothing to the end of one of two controller Pods'),
      test(`${E2E}/controllers.apiserver.spec.ts`, 'is not ready at once, goes on serving for the grace period'),
      test(`${E2E}/proxy-image.docker.spec.ts`, 'give requests that have begun their answer before the proxy ends'),
    ],
  },
  {
    id: 'before-first-sync',
    fault: 'proxy starts before the first sync',
    promise: 'not ready before a configuration is proven to run',
    tests: [test(`${E2E}/proxy-image.docker.spec.ts`, 'start apart: the proxy is alive, and not ready')],
  },
  {
    id: 'webhook-outage',
    fault: 'webhook down',
    promise: '0 requests lost; other classes are let in; with `strict-admission` ours wait, and are told why',
    tests: [
      test(`${FAULTS}/webhook-outage.apiserver.spec.ts`, 'takes no request with it'),
      test(`${E2E}/gate-away.apiserver.spec.ts`, 'an Ingress of our class waits, and is told why'),
      test(`${E2E}/gate.kind.spec.ts`, 'no write fails while all of them are replaced'),
    ],
  },
  {
    id: 'webhook-certificate',
    fault: 'certificate of the webhook rotated',
    promise: '0 failed admissions',
    tests: [
      test(
        `${E2E}/admission-certificates.apiserver.spec.ts`,
        'go through the life of a certificate and of an authority',
      ),
    ],
  },
  {
    id: 'default-backend-down',
    fault: 'default backend down',
    promise: '0 requests of others lost; 404 in its place, within 1 s',
    tests: [test(`${FAULTS}/backends-down.spec.ts`, 'is answered for with 404, and nobody else notices')],
  },
  {
    id: 'backend-down',
    fault: 'backend down, hung',
    promise: '0 requests of others lost, none of them waits; 502 within 1 s, 504 after the time-out',
    tests: [test(`${FAULTS}/backends-down.spec.ts`, 'is told of in time, and nobody else loses a request or waits')],
    lacks: 'services for logins are not supported yet: their paths stay closed',
  },
  {
    id: 'round-fails',
    fault: 'a round that throws',
    promise: 'the last good configuration stays; tried again, 8 s later at the latest',
    tests: [
      test('libs/pipeline/src/pipeline.spec.ts', 'tries again after a fault, and says so loudly'),
      test('libs/pipeline/src/loop.spec.ts', 'never waits longer than 8 s, however often it failed'),
    ],
    lacks: 'an exception outside of a round ends the process; the proxy serves on (see "controller killed")',
  },
  {
    id: 'clock-jumps',
    fault: 'the clock of the machine jumps',
    promise: 'a change is live within 5 s; a Lease is judged by how long it did not change',
    tests: [
      test(`${E2E}/endpoint-proof.spec.ts`, 'come after the clock was set back'),
      test(`${E2E}/clock-jump.apiserver.spec.ts`, 'a clock that jumps'),
      test(`${KUBE_CLIENT}/election/election.spec.ts`, 'takes a Lease only when it did not change for its whole'),
    ],
  },
] as const satisfies readonly FaultRow[];
