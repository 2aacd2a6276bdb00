/**
 * Duty: asking the real nginx about configurations that follow from each other: only some of them, but every one of a
 * batch once the last of it is refused, to find the change that did it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@gatehouse/nginx';
import { objectionTo, type NginxPlace } from '../harness/bare-nginx.ts';

interface Step {
  readonly what: string;
  readonly bundle: Bundle;
}

export class ProvenByNginx {
  readonly #place: NginxPlace;
  readonly #size: number;
  #batch: Step[] = [];
  #tests = 0;

  /** Every so many steps are tested. */
  constructor(place: NginxPlace, size: number) {
    this.#place = place;
    this.#size = size;
  }

  get tests(): number {
    return this.#tests;
  }

  /** Notes a configuration and, in words, what led to it. Throws what nginx says, and of which step, when it refuses one. */
  add(step: Step): void {
    this.#batch.push(step);
    if (this.#batch.length >= this.#size) this.finish();
  }

  /** Tests what is not tested yet. */
  finish(): void {
    const batch = this.#batch;
    this.#batch = [];
    const last = batch.at(-1);
    if (last === undefined || this.#objectionTo(last) === undefined) return;
    for (const step of batch) {
      const objection = this.#objectionTo(step);
      if (objection !== undefined) throw new Error(`nginx refuses what follows from ${step.what}: ${objection}`);
    }
  }

  #objectionTo({ bundle: { files, certificates } }: Step): string | undefined {
    this.#tests += 1;
    for (const [name, { pem }] of certificates) writeFileSync(join(this.#place.directory, 'keys', name), pem);
    return objectionTo(this.#place, files.get('nginx.conf') ?? '');
  }
}
