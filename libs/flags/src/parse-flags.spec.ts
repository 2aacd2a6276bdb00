import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFlags, type Environment } from './parse-flags.ts';
import { bool, decimal, duration, integer, oneOf, text, texts } from './flag-kinds.ts';

const flags = {
  port: integer({ default: 8080, min: 1, max: 65_535, summary: 'Port' }),
  'sync-rate': decimal({ default: 0.3, min: 0, max: 1000, summary: 'Rate' }),
  'log-format': oneOf(['auto', 'json', 'text'], { default: 'auto', summary: 'Format' }),
  'grace-period': duration({ default: '10s', summary: 'Grace' }),
  manifests: texts({ default: ['here'], summary: 'Where', aliases: ['f'] }),
  config: text({ default: '', summary: 'Config' }),
  verbose: bool({ default: false, summary: 'Talk', aliases: ['v'] }),
};
const command = { name: 'test', summary: 'Tests', flags };

function parse(argv: readonly string[], env: Environment = {}) {
  const result = parseFlags(command, { argv, env });
  if (!result.ok) throw new Error(result.error.join('\n'));
  if (result.value.kind === 'help') throw new Error('help');
  return result.value;
}

function errorsOf(argv: readonly string[], env: Environment = {}): readonly string[] {
  const result = parseFlags(command, { argv, env });
  return result.ok ? [] : result.error;
}

describe('parsing flags', () => {
  it('gives every default when nothing is set, under camel-case names', () => {
    const { values, given } = parse([]);
    expect(values).toEqual({
      port: 8080,
      syncRate: 0.3,
      logFormat: 'auto',
      gracePeriod: 10_000,
      manifests: ['here'],
      config: '',
      verbose: false,
    });
    expect(given).toEqual([]);
  });

  it.each([
    ['two dashes and a space', ['--port', '81'], { port: 81 }],
    ['two dashes and an equals sign', ['--port=81'], { port: 81 }],
    ['one dash and an equals sign, as Go takes it', ['-port=81'], { port: 81 }],
    ['one dash and a space', ['-port', '81'], { port: 81 }],
    ['an alias', ['-f', 'a'], { manifests: ['a'] }],
    ['a repeated flag, in order', ['-f', 'a', '--manifests=b', '-f=c'], { manifests: ['a', 'b', 'c'] }],
    ['a flag that was given twice: the last one', ['--port=1', '--port=2'], { port: 2 }],
    ['a switch', ['--verbose'], { verbose: true }],
    ['a switch turned off', ['--verbose=false'], { verbose: false }],
    ['a switch with a word of Go', ['-v=T'], { verbose: true }],
    ['an empty value', ['--config='], { config: '' }],
    ['a value with an equals sign', ['--config=a=b'], { config: 'a=b' }],
    ['a value over two lines', ['--config=a\nb'], { config: 'a\nb' }],
    ['a dash as the value, which is standard input', ['--manifests', '-'], { manifests: ['-'] }],
    ['a value that starts with one dash', ['--config', '-1'], { config: '-1' }],
  ])('takes %s', (_, argv, expected) => {
    expect(parse(argv).values).toMatchObject(expected);
  });

  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['0', 0],
  ])('reads the duration %s as %d ms', (found, expected) => {
    expect(parse([`--grace-period=${found}`]).values.gracePeriod).toBe(expected);
  });

  it.each([
    ['an unknown flag, with the nearest name', ['--prot=1'], 'unknown flag "--prot"; did you mean --port?'],
    ['an unknown flag that resembles nothing', ['--zzzzzzzz'], 'unknown flag "--zzzzzzzz"'],
    ['three dashes', ['---port=1'], 'unknown flag "---port=1"'],
    ['a name that every object has', ['--constructor=1'], 'unknown flag "--constructor"'],
    ['a missing value', ['--port'], '--port needs a value, as in --port=NUMBER'],
    ['a flag where a value should be', ['--config', '--verbose'], '--config needs a value, as in --config=TEXT'],
    ['a number out of range', ['--port=70000'], '--port: "70000" is not a whole number from 1 to 65535'],
    ['a number with something behind', ['--port=80x'], '--port: "80x" is not a whole number from 1 to 65535'],
    ['an exponent', ['--port=8e3'], '--port: "8e3" is not a whole number from 1 to 65535'],
    ['a word of no choice', ['--log-format=xml'], '--log-format: "xml" is none of auto, json, text'],
    [
      'a duration without a unit',
      ['--grace-period=10'],
      '--grace-period: "10" is not a duration such as 500ms, 10s or 1m30s',
    ],
    ['a switch with another word', ['--verbose=yes'], '--verbose: "yes" is neither true nor false'],
    ['an argument where none may be', ['other'], 'unexpected argument "other"'],
    ['a reference to nothing', ['--config=$(NOPE)/x'], '--config: NOPE is not set in the environment'],
  ])('refuses %s', (_, argv, expected) => {
    expect(errorsOf(argv)).toEqual([expected]);
  });

  it('names all that is wrong at once', () => {
    expect(errorsOf(['--port=x', '--nope-nope', 'more'], { GATEHOUSE_VERBOSE: 'maybe' })).toHaveLength(4);
  });

  it('takes the environment where no argument is given, and says which variable is wrong', () => {
    const env = {
      GATEHOUSE_PORT: '90',
      GATEHOUSE_LOG_FORMAT: 'json',
      GATEHOUSE_VERBOSE: 'true',
      GATEHOUSE_MANIFESTS: 'a,b',
    };
    expect(parse(['--port=91'], env).values).toMatchObject({
      port: 91,
      logFormat: 'json',
      verbose: true,
      manifests: ['a', 'b'],
    });
    expect(errorsOf([], { GATEHOUSE_PORT: 'x' })).toEqual([
      'GATEHOUSE_PORT: "x" is not a whole number from 1 to 65535',
    ]);
  });

  it('counts an empty variable as not set', () => {
    expect(parse([], { GATEHOUSE_PORT: '' }).values.port).toBe(8080);
  });

  it('tells which flags were set', () => {
    expect(parse(['--verbose=false', '-f', 'x'], { GATEHOUSE_PORT: '1' }).given).toEqual([
      'manifests',
      'port',
      'verbose',
    ]);
  });

  it('expands references to the environment in values, as Kubernetes does', () => {
    const env = { POD_NAMESPACE: 'edge', POD_NAME: 'p-1' };
    expect(parse(['--config', '$(POD_NAMESPACE)/$(POD_NAME)'], env).values.config).toBe('edge/p-1');
    expect(parse(['--config', '$$(POD_NAMESPACE)'], env).values.config).toBe('$(POD_NAMESPACE)');
  });

  it('does not expand what came out of an expansion', () => {
    expect(parse(['--config', '$(A)'], { A: '$(B)', B: 'x' }).values.config).toBe('$(B)');
  });

  it.each([['--help'], ['-h'], ['-help']])('answers %s before anything that is wrong', (argument) => {
    expect(parseFlags(command, { argv: ['--nope', argument], env: {} })).toEqual({ ok: true, value: { kind: 'help' } });
  });

  it('hands over operands when the command takes them, all after -- among them', () => {
    const result = parseFlags(
      { ...command, operands: 'FILE…' },
      { argv: ['a', '--port=1', '-', '--', '--b'], env: {} },
    );
    expect(result).toMatchObject({ ok: true, value: { operands: ['a', '-', '--b'] } });
  });
});

describe('parsing flags, for any text', () => {
  const anyText = fc.string({ unit: 'binary' }).filter((found) => !found.includes('$'));

  it('gives back a value as it was given, in each way of giving it', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('--config=', '-config='), (value, form) => {
        expect(parse([`${form}${value}`]).values.config).toBe(value);
        fc.pre(value !== '' && !value.startsWith('--'));
        expect(parse(['--config', value]).values.config).toBe(value);
        expect(parse([], { GATEHOUSE_CONFIG: value }).values.config).toBe(value);
      }),
    );
  });

  it('never throws, and either has values or says what is wrong', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.dictionary(fc.string(), fc.string()), (argv, env) => {
        const result = parseFlags(command, { argv, env });
        expect(result.ok || result.error.length > 0).toBe(true);
      }),
    );
  });

  it('reads every whole number in range and no other', () => {
    fc.assert(
      fc.property(fc.integer(), (number) => {
        const argv = [`--port=${number}`];
        if (number >= 1 && number <= 65_535) expect(parse(argv).values.port).toBe(number);
        else expect(errorsOf(argv)).toHaveLength(1);
      }),
    );
  });
});
