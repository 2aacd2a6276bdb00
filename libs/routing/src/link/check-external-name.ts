/**
 * Duty: what is wrong with a Service of type ExternalName by itself, whoever uses it.
 */
import { quoteFound, type Problem } from '@gatehouse/core';
import type { Service } from '@gatehouse/kube-model';
import type { RoutingOptions } from '../options.ts';
import { judgeExternalName } from './judge-external-name.ts';

/** Nothing for Services of other types, and where none of this type is ever proxied to. */
export function checkExternalName(
  { type, externalName, ref }: Service,
  { ignoreExternalNames }: Pick<RoutingOptions, 'ignoreExternalNames'>,
): readonly Problem[] {
  if (type !== 'ExternalName' || ignoreExternalNames) return [];
  const judged = judgeExternalName(externalName);
  if (judged.ok) return [];
  const message = `the externalName ${quoteFound(externalName)} ${judged.error.reason}`;
  return [{ code: judged.error.code, object: ref, field: 'spec.externalName', message }];
}
