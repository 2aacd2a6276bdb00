/**
 * Duty: which old workers of an nginx master still serve connections, and of how many generations they are.
 */
import type { Draining } from '@gatehouse/pipeline';
import { listChildren, workerState } from './worker-processes.ts';

export class WorkerGenerations {
  readonly #master: number;
  /** Workers that listened when nginx was told to reload, each time. */
  #old: readonly ReadonlySet<number>[] = [];

  constructor(master: number) {
    this.#master = master;
  }

  /** To be called before nginx is told to reload. */
  async noteReload(): Promise<void> {
    const listening = new Set(await this.#workersThatAre('listening'));
    // A reload that nginx refused has left those that it would have made old.
    const others = this.#old.filter((generation) => generation.isDisjointFrom(listening));
    const draining = new Set(await this.#workersThatAre('draining'));
    this.#old = [...others.filter((generation) => !generation.isDisjointFrom(draining)), listening];
  }

  async count(): Promise<Draining> {
    const draining = new Set(await this.#workersThatAre('draining'));
    const known = this.#old.filter((generation) => !generation.isDisjointFrom(draining));
    const strangers = [...draining].filter((worker) => !known.some((generation) => generation.has(worker)));
    return { workers: draining.size, generations: known.length + Math.min(1, strangers.length) };
  }

  async #workersThatAre(state: 'draining' | 'listening'): Promise<readonly number[]> {
    const children = await listChildren(this.#master);
    const states = await Promise.all(children.map(workerState));
    return children.filter((_, at) => states[at] === state);
  }
}
