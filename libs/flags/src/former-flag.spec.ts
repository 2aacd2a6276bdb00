import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@gatehouse/core';
import { integer } from './flag-kinds.ts';
import { parseFlags } from './parse-flags.ts';

const command = {
  name: 'gatehouse test',
  summary: 'Tests',
  flags: { port: integer({ default: 1, min: 1, max: 9, summary: 'Port' }) },
  formerFlags: {
    polish: {
      arity: 'switch',
      judge: (text: string) => ok(text === 'true' ? 'there is nothing to polish' : undefined),
    },
    log_dir: { arity: 'single', judge: (text: string) => (text === 'x' ? err('x is dangerous') : ok('not here')) },
  },
} as const;

function parse(...argv: readonly string[]) {
  const result = parseFlags(command, { argv, env: { GATEHOUSE_LOG_DIR: 'x' } });
  if (!result.ok) return result.error;
  return result.value.kind === 'run' ? { warnings: result.value.warnings, given: result.value.given } : 'help';
}

describe('flags of a program that a command takes the place of', () => {
  it.each([
    [['--polish'], ['--polish: there is nothing to polish']],
    [['-polish=true'], ['--polish: there is nothing to polish']],
    [['--polish=false'], []],
    [['--log_dir=/a'], ['--log_dir: not here']],
    [['-log_dir', '/a', '--port=2'], ['--log_dir: not here']],
    [['--log_dir=x', '--log_dir', '/a'], ['--log_dir: not here']],
    [[], []],
  ])('are understood: %j warns %j', (argv, warnings) => {
    expect(parse(...argv)).toMatchObject({ warnings });
  });

  it('are not among what was given, since they give nothing', () => {
    expect(parse('--polish', '--port=2')).toMatchObject({ given: ['port'] });
  });

  it('can be wrong, and are told with all else that is wrong', () => {
    expect(parse('--log_dir=x', '--port=0', '--log_dir')).toEqual([
      '--log_dir needs a value, as in --log_dir=VALUE',
      '--port: "0" is not a whole number from 1 to 9',
      '--log_dir: x is dangerous',
    ]);
  });

  it('may refer to the environment as all others', () => {
    expect(parse('--log_dir=$(NOBODY)')).toEqual(['--log_dir: NOBODY is not set in the environment']);
  });
});
