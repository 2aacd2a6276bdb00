/**
 * Duty: telling a newcomer of another namespace that it sets what holds for a whole host, where nobody had set it: its
 * certificate, with which plain HTTP is redirected, or its default backend. Nothing is taken from a path, so `path-overlaps`
 * is silent about it.
 */
import { describeObject, type Problem } from '@gatehouse/core';
import { describeHost } from '../check/check-ingress.ts';
import { ingressProblem } from '../ingress-fields.ts';
import type { HostContribution } from '../link/linked-ingress.ts';
import type { HostModel } from '../model.ts';

/** A host with what is brought to it, oldest first. */
interface SettledFor {
  readonly name: string;
  readonly contributions: readonly HostContribution[];
}

/** A Problem for the certificate and one for the default backend, at most. */
export function newcomersInCharge(host: SettledFor, model: HostModel): readonly Problem[] {
  const fallbackField = ({ fallback }: HostContribution): string | undefined =>
    fallback === undefined || fallback !== model.fallback ? undefined : fallback.origin?.field;
  return [
    ...inCharge(host, ({ tls }) => tls?.field, 'the certificate'),
    ...inCharge(host, fallbackField, 'the default backend'),
  ];
}

function inCharge(
  { name, contributions }: SettledFor,
  fieldOf: (contribution: HostContribution) => string | undefined,
  part: string,
): readonly Problem[] {
  const age = contributions.findIndex((contribution) => fieldOf(contribution) !== undefined);
  const winner = contributions[age];
  const field = winner && fieldOf(winner);
  if (winner === undefined || field === undefined) return [];
  const { namespace } = winner.ingress.ref;
  const older = contributions.slice(0, age).find(({ ingress }) => ingress.ref.namespace !== namespace);
  if (older === undefined) return [];
  const related = older.ingress.ref;
  const message = `it sets ${part} of ${describeHost(name)} also for ${describeObject(related)}, which is in another namespace and sets none`;
  return [ingressProblem(winner.ingress, { code: 'HostOverlap', field, message, related })];
}
