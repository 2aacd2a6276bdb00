/**
 * Duty: one log line for each denial: who wanted what, and which rules said no. Never what the object holds.
 */
import type { Logger } from '@gatehouse/pipeline';
import type { Decision } from './decide.ts';

export function auditDecision(logger: Logger, { kind, request, verdict }: Decision): void {
  if (kind !== 'denied') return;
  const { uid, operation, isDryRun } = request;
  const [first] = verdict.denials;
  const codes = [...new Set(verdict.denials.map(({ code }) => code))];
  logger.info('Admission denied', { ...first?.object, uid, operation, isDryRun, codes });
}
