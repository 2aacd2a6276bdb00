/**
 * Duty: what our answers to the flags of ingress-nginx lead to when somebody gives one.
 */
import { err, ok, type Result } from '@gatehouse/core';
import { bool, type FormerFlag, type FormerFlags } from '@gatehouse/flags';
import { klogFlags, predecessorFlags, type PredecessorFlag } from './predecessor-flags.ts';

/** All that we do not have ourselves, to be put beside our own. */
export const formerFlags: FormerFlags = Object.fromEntries(
  Object.entries<PredecessorFlag>({ ...predecessorFlags, ...klogFlags })
    .filter(([, { answer }]) => answer !== 'same')
    .map(([name, flag]) => [name, answerFlag(flag)]),
);

/** The words of Go for true and false. */
const goBool = bool({ default: false, summary: '' });

function answerFlag(flag: PredecessorFlag): FormerFlag {
  const isSwitch = flag.default === 'true' || flag.default === 'false';
  const harmless = flag.harmless ?? [flag.default];
  return {
    arity: isSwitch ? 'switch' : 'single',
    judge(text) {
      const value: Result<boolean | string> = isSwitch ? goBool.parse([text]) : ok(text);
      if (!value.ok) return value;
      if (harmless.includes(String(value.value))) return ok(undefined);
      // The value is not repeated: some are keys.
      return flag.answer === 'refused' ? err(flag.because ?? '') : ok(`has no effect: ${flag.because ?? ''}`);
    },
  };
}
