/**
 * Duty: `$(NAME)` in arguments. Kubernetes expands it before a container starts; we do it as well, so that the arguments
 * of a Pod can be copied to any other place.
 */
import { err, ok, type Result } from '@gatehouse/core';
import type { Environment } from './parse-flags.ts';

const REFERENCE = /\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g;

/**
 * Puts the environment's values in place of `$(NAME)`; `$$` stands for one `$`, as Kubernetes has it. A name that is not
 * set is an error, since nobody means the literal text.
 */
export function expandReferences(text: string, env: Environment): Result<string> {
  const missing: string[] = [];
  const expanded = text.replace(REFERENCE, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  return missing.length === 0 ? ok(expanded) : err(`${missing.join(' and ')} is not set in the environment`);
}
