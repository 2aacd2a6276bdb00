/**
 * Duty: rows of the table of faults: the API server, and what follows it.
 */
import { AT_API_SERVER, E2E, FAULTS, KUBE_CLIENT, test, type FaultRow } from './fault-row.ts';

export const apiServerFaults = [
  {
    id: 'api-server-down-at-start',
    fault: 'API server down when the Pod starts',
    promise:
      'alive, not ready, no empty configuration; ready 5 s after its return; a proxy serves its last good file within 2 s',
    tests: [
      test(`${E2E}/controllers.apiserver.spec.ts`, 'is alive and not ready, serves when the server comes'),
      test(`${E2E}/proxy-agent.docker.spec.ts`, 'serve the last good configuration within 2 s of a proxy that starts'),
    ],
  },
  {
    id: 'api-server-outage',
    fault: 'API server down later',
    promise: '0 requests lost, no reload; a change is live 10 s after its return',
    tests: [
      test(`${FAULTS}/api-server-outage.apiserver.spec.ts`, 'takes no request with it'),
      test(`${E2E}/api-outage.apiserver.spec.ts`, 'an API server that is away'),
      test(`${E2E}/controller.apiserver.spec.ts`, 'takes no request with it, and what changed is live when it is back'),
      test(`${E2E}/traffic.kind.spec.ts`, 'is not touched by a restart of the API server'),
    ],
  },
  {
    id: 'empty-list',
    fault: 'a list that fails, is cut short, or is empty after a full one',
    promise: 'never taken for "nothing is there"; an alarm',
    tests: [
      test(`${KUBE_CLIENT}/source/kube-source-requests.spec.ts`, 'waits as long as the server is away at the start'),
      test(
        `${KUBE_CLIENT}/source/kube-source-requests.spec.ts`,
        'believes that everything is gone when it is said twice',
      ),
      test(`${KUBE_CLIENT}/source/kube-source-emptied.spec.ts`, 'keeps them, raises an alarm'),
    ],
  },
  {
    id: 'forbidden',
    fault: 'one kind forbidden (RBAC)',
    promise: 'what is known of it stays, the others go on, it is said once',
    tests: [
      test(`${KUBE_CLIENT}/source/kube-source-requests.spec.ts`, 'keeps what it has while it is forbidden to look'),
      test(AT_API_SERVER, 'does not start while a kind is forbidden, says so, and starts when it is allowed'),
    ],
  },
  {
    id: 'goaway',
    fault: 'asked to leave the connection (GOAWAY)',
    promise: 'goes on over another one; no request waits for the watches, nothing is listed again',
    tests: [
      test(`${E2E}/goaway.apiserver.spec.ts`, 'keeps no request waiting while watches are open'),
      test(`${KUBE_CLIENT}/source/kube-source-connections.spec.ts`, 'goes on over another connection'),
    ],
  },
  {
    id: 'watch-cut',
    fault: 'watch cut (FIN, RST)',
    promise: 'goes on from the last version, without a list',
    tests: [
      test(AT_API_SERVER, 'goes on after its connections were cut, again and again'),
      test(`${KUBE_CLIENT}/source/kube-source-events.spec.ts`, 'goes on from the last bookmark without a list'),
    ],
  },
  {
    id: 'watch-silent',
    fault: 'watch silently dead',
    promise: 'found within 60 s',
    tests: [
      test(AT_API_SERVER, 'finds out that its connections died without a word'),
      test(`${KUBE_CLIENT}/source/kube-source-events.spec.ts`, 'finds a watch that is open and silent'),
    ],
  },
  {
    id: 'gone',
    fault: '410 Gone, by status or in the stream',
    promise: 'lists again in the background, and loses nothing meanwhile',
    tests: [
      test(AT_API_SERVER, 'lists again when the server has forgotten what it saw last, and loses nothing meanwhile'),
      test(`${KUBE_CLIENT}/source/kube-source-events.spec.ts`, 'begins again when the stream says %d'),
    ],
  },
  {
    id: 'too-large-version',
    fault: 'too large resource version, storage initializing',
    promise: 'waits as told; no tight loop',
    tests: [
      test(
        `${KUBE_CLIENT}/source/kube-source-requests.spec.ts`,
        'goes on after a version that the server does not know yet',
      ),
      test(
        `${KUBE_CLIENT}/source/kube-source-requests.spec.ts`,
        'asks no more than a few times while the server fails',
      ),
    ],
  },
  {
    id: 'wrong-events',
    fault: 'events twice, late, in another order; recreated under one name',
    promise: 'the end is what a fresh list has; compared every 10 minutes',
    tests: [
      test(`${KUBE_CLIENT}/source/kube-source-events.spec.ts`, 'is right in the end when they come in another order'),
      test(
        `${KUBE_CLIENT}/source/kube-source-events.spec.ts`,
        'finds what it was never told of, ten minutes later at the latest',
      ),
      test(AT_API_SERVER, 'tells an object from the one before it of the same name'),
    ],
  },
  {
    id: 'large-answers',
    fault: 'slow API server, very large lists and objects',
    promise: 'pages; an object of 5 MB; a list of 50 MB takes 200 MiB at most; memory that does not grow',
    tests: [
      test(`${KUBE_CLIENT}/source/kube-source-events.spec.ts`, 'takes an object of five megabytes'),
      test(`${KUBE_CLIENT}/follow/next-attempt.spec.ts`, 'asks for smaller pages when they are too large'),
      test(`${KUBE_CLIENT}/source/kube-source-memory.spec.ts`, 'events as after the first of them'),
      test(`${KUBE_CLIENT}/source/kube-source-large-list.spec.ts`, 'is read in pages'),
    ],
  },
  {
    id: 'throttled',
    fault: '429 by priority and fairness',
    promise: 'Retry-After is honoured',
    tests: [
      test(`${KUBE_CLIENT}/source/kube-source-requests.spec.ts`, 'does what Retry-After says'),
      test(`${KUBE_CLIENT}/status/status-sink.spec.ts`, 'waits as long as the server asks to'),
    ],
  },
  {
    id: 'token-rotated',
    fault: 'token or authority of the API server rotated',
    promise: 'read again, at once on 401',
    tests: [
      test(AT_API_SERVER, 'goes on with the new token when the old one is no longer good'),
      test(`${KUBE_CLIENT}/connect/connect-kube-api.spec.ts`, 'trusts new authorities as soon as they are in the file'),
    ],
  },
  {
    id: 'leader-change',
    fault: 'leader lost, split',
    promise:
      '0 requests lost; another leads within 1.6 times `--election-ttl`, at once when the Lease is given up; never two writers',
    tests: [
      test(`${FAULTS}/leader-change.apiserver.spec.ts`, 'lose no request'),
      test(`${E2E}/controllers.apiserver.spec.ts`, 'have one leader, who alone writes status'),
      test(`${KUBE_CLIENT}/election/leader-election.spec.ts`, 'never has two leaders at a time'),
    ],
  },
] as const satisfies readonly FaultRow[];
