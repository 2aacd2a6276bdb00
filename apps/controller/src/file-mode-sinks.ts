/**
 * Duty: where status and Events go when objects come from files, and there is no cluster to write them to: the log, and
 * with a directory the files `status.json` (the addresses of each Ingress) and `events.jsonl` (one Event a line). What is
 * wrong is told with file, line and column.
 */
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareText, describeObject, type ObjectKey, type Problem } from '@gatehouse/core';
import type { StatusAddress } from '@gatehouse/kube-model';
import type { Place } from '@gatehouse/manifests';
import type { EventRecord, EventSink, Logger, StatusSink } from '@gatehouse/pipeline';

export interface FileModeSinksOptions {
  /** Where the files go; left out, all goes to the log alone. */
  readonly directory?: string | undefined;
  /** Where the cause of a Problem stands; undefined when it comes from no file. */
  readonly placeOf?: (problem: Problem) => Place | undefined;
}

/**
 * Makes the directory when it is missing. What a file says of a status never changes by our writing, so what was written
 * is remembered here, and the same is not written twice. Throws when the directory cannot be written.
 */
export function createFileModeSinks(
  logger: Logger,
  { directory, placeOf }: FileModeSinksOptions,
): EventSink & StatusSink {
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  const written = new Map<ObjectKey, readonly StatusAddress[]>();
  let isSaving = false;
  const saveSoon = (into: string): void => {
    if (isSaving) return;
    isSaving = true;
    // A round writes many statuses one after another; the file is written once for all of them.
    setImmediate(() => {
      isSaving = false;
      try {
        saveStatus(into, written);
      } catch (error) {
        logger.warn('The status file cannot be written', { error });
      }
    });
  };
  return {
    write({ key, ref }, addresses): Promise<void> {
      const before = written.get(key);
      if (before !== undefined && JSON.stringify(before) === JSON.stringify(addresses)) return Promise.resolve();
      written.set(key, addresses);
      const names = addresses.map((address) => address.ip ?? address.hostname).join(', ');
      logger.info('status', { object: describeObject(ref), addresses: names });
      if (directory !== undefined) saveSoon(directory);
      return Promise.resolve();
    },
    record(event): void {
      const { type, reason, message, object, problem } = event;
      const place = problem === undefined ? undefined : placeOf?.(problem);
      const line = { object: describeObject(object), reason, text: message, ...place };
      if (type === 'Warning') logger.warn('event', line);
      else logger.info('event', line);
      if (directory === undefined) return;
      try {
        appendEvent(directory, event, place);
      } catch (error) {
        logger.warn('The file of Events cannot be written', { error });
      }
    },
  };
}

function saveStatus(directory: string, written: ReadonlyMap<ObjectKey, readonly StatusAddress[]>): void {
  const sorted = [...written].sort(([a], [b]) => compareText(a, b));
  const content = Object.fromEntries(sorted.map(([key, ingress]) => [key, { loadBalancer: { ingress } }]));
  const file = join(directory, 'status.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function appendEvent(directory: string, event: EventRecord, place: Place | undefined): void {
  const { type, reason, message, object } = event;
  const time = new Date().toISOString();
  const line = JSON.stringify({ time, type, reason, object: describeObject(object), message, ...place });
  appendFileSync(join(directory, 'events.jsonl'), `${line}\n`);
}
