/**
 * Duty: rows of the table of faults: nginx and the machine that it runs on.
 */
import { E2E, FAULTS, test, type FaultRow } from './fault-row.ts';

export const nginxFaults = [
  {
    id: 'nginx-master-killed',
    fault: 'nginx master killed',
    promise: 'answers again within 2 s, with the last good configuration',
    tests: [test(`${FAULTS}/nginx-killed.spec.ts`, 'is there again within two seconds when it was its master')],
  },
  {
    id: 'nginx-master-killed-in-a-change',
    fault: 'nginx master killed on its way to another configuration',
    promise: 'answers again within 2 s; the change is live within 5 s',
    tests: [
      test(`${FAULTS}/nginx-killed.spec.ts`, 'is there again within two seconds and runs what it was on its way to'),
      test('libs/nginx-process/src/crossing.spec.ts', 'is started with what is current then'),
    ],
  },
  {
    id: 'nginx-worker-killed',
    fault: 'nginx worker killed or crashing',
    promise: 'no more lost than the requests that were under way; counted, and an Event at our own Pod',
    tests: [
      test(`${FAULTS}/nginx-killed.spec.ts`, 'loses no more than the requests that it was just answering'),
      test(`${E2E}/controller.apiserver.spec.ts`, 'is replaced, counted, and told of at our own Pod'),
    ],
  },
  {
    id: 'config-refused',
    fault: 'configuration refused by `nginx -t`',
    promise:
      '0 requests lost; changes of others live within 5 s; the Ingress is named within 10 s and is left out alone',
    tests: [
      test(`${FAULTS}/config-refused.spec.ts`, 'loses no request, keeps nobody else waiting, and its cause is named'),
      test(`${E2E}/quarantine.spec.ts`, 'is kept out alone'),
      test(`${E2E}/quarantine-by-bisection.spec.ts`, 'is found among many'),
    ],
  },
  {
    id: 'reload-refused',
    fault: 'reload refused by the master after `nginx -t` passed (port in use)',
    promise: '0 requests lost; noticed within 5 s; runs 10 s after the port is free',
    tests: [
      test(`${FAULTS}/reload-refused.spec.ts`, 'loses no request, is noticed, and runs when the machine lets it'),
      test('libs/nginx-process/src/supervision.spec.ts', 'that only the master refuses leaves everything as it was'),
      test(`${E2E}/streams.spec.ts`, 'leave a port to who has it'),
    ],
  },
  {
    id: 'disk-full',
    fault: 'disk full',
    promise: '0 requests lost; the change is live 10 s after there is room; no more than 3 files left',
    tests: [test(`${FAULTS}/disk.spec.ts`, 'may be full')],
  },
  {
    id: 'disk-inodes',
    fault: 'no inode left',
    promise: 'the same',
    tests: [test(`${FAULTS}/disk.spec.ts`, 'may have no inode left')],
  },
  {
    id: 'disk-read-only',
    fault: 'disk read-only',
    promise: 'the same',
    tests: [test(`${FAULTS}/disk.spec.ts`, 'may be read-only')],
  },
  {
    id: 'long-connections',
    fault: 'long connections across reloads',
    promise:
      'a request that is under way ends, and every connection lives for `worker-shutdown-timeout`; four old generations at most, more only for endpoints that stand in the configuration',
    tests: [
      test('libs/nginx-process/src/supervision.spec.ts', 'lets a request that is under way end'),
      test(
        `${E2E}/reloads.spec.ts`,
        'leave no more than four old generations, cut no connection off, and are live when connections have ended',
      ),
      test(`${E2E}/reloads.spec.ts`, 'wait no longer than worker-shutdown-timeout, for which every connection lives'),
    ],
    lacks: 'the memory of old generations: a measure, not a test: `npm run soak`',
  },
  {
    id: 'state-lost',
    fault: 'endpoints lost on a reload or a crash',
    promise:
      'the endpoints are right from the first request; where nginx is too old for DNS, they stand in its configuration',
    tests: [
      test(`${E2E}/endpoints-without-reload.spec.ts`, 'are there with the first request after nginx was killed'),
      test(`${E2E}/endpoint-dns.spec.ts`, 'stay when the DNS server is gone, and change again when it is back'),
    ],
  },
] as const satisfies readonly FaultRow[];
