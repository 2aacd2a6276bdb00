/**
 * Duty: what is carried along while one Ingress is linked: the Problems that are found, and every object that was
 * looked up, so that it is known later when the link has to be made again.
 */
import type { ObjectKey, Problem } from '@gatehouse/core';
import type { Ingress, Secret, Service } from '@gatehouse/kube-model';
import { ingressProblem } from '../ingress-fields.ts';
import type { UsedSecret, UsedService } from './linked-ingress.ts';
import { slicesOf, type World } from './world.ts';

export interface Linking {
  readonly ingress: Ingress;
  readonly world: World;
  readonly problems: Problem[];
  readonly services: Map<ObjectKey, UsedService>;
  readonly secrets: Map<ObjectKey, UsedSecret>;
  /** As in `Uses`. */
  fromMs: number;
  untilMs: number;
}

export function startLinking(ingress: Ingress, world: World): Linking {
  return {
    ingress,
    world,
    problems: [],
    services: new Map(),
    secrets: new Map(),
    fromMs: -Infinity,
    untilMs: Infinity,
  };
}

export function useService({ world, services }: Linking, key: ObjectKey): Service | undefined {
  const known = services.get(key);
  if (known !== undefined) return known.service;
  const service = world.snapshot.services.get(key);
  services.set(key, { key, service, slices: slicesOf(world.snapshot, key) });
  return service;
}

export function useSecret({ world, secrets }: Linking, key: ObjectKey): Secret | undefined {
  const secret = world.snapshot.secrets.get(key);
  secrets.set(key, { key, secret });
  return secret;
}

/** Whether the moment `atMs` has passed; notes that the link holds no longer than until then, or since then. */
export function hasPassed(linking: Linking, atMs: number): boolean {
  const isPast = linking.world.nowMs >= atMs;
  if (isPast) linking.fromMs = Math.max(linking.fromMs, atMs);
  else linking.untilMs = Math.min(linking.untilMs, atMs);
  return isPast;
}

/** Adds a Problem of the Ingress. */
export function report(linking: Linking, problem: Omit<Problem, 'object'>): void {
  linking.problems.push(ingressProblem(linking.ingress, problem));
}
