/**
 * Duty: keeping in files what would have been written to the cluster: `status.json` (the addresses of each Ingress) and
 * `events.jsonl` (one Event a line). Objects never name files.
 */
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareText, describeObject } from '@gatehouse/core';
import type { Ingress, StatusAddress } from '@gatehouse/kube-model';
import type { Clock, EventRecord, EventSink, StatusSink } from '@gatehouse/pipeline';

/** Both sinks on one directory, which is made when it is missing. Throws when the directory cannot be written. */
export function createStatusDirectory(directory: string, clock: Clock): EventSink & StatusSink {
  mkdirSync(directory, { recursive: true });
  const statuses = new Map<string, readonly StatusAddress[]>();
  return {
    write(ingress: Ingress, addresses: readonly StatusAddress[]): Promise<void> {
      statuses.set(ingress.key, addresses);
      const sorted = [...statuses].sort(([a], [b]) => compareText(a, b));
      const content = Object.fromEntries(sorted.map(([key, ips]) => [key, { loadBalancer: { ingress: ips } }]));
      const file = join(directory, 'status.json');
      writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
      renameSync(`${file}.new`, file);
      return Promise.resolve();
    },
    record(event: EventRecord): void {
      const { type, reason, message, object } = event;
      const time = new Date(clock.nowMs()).toISOString();
      const line = JSON.stringify({ time, type, reason, object: describeObject(object), message });
      appendFileSync(join(directory, 'events.jsonl'), `${line}\n`);
    },
  };
}
