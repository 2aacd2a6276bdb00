/**
 * Duty: arguments and environment in, typed values or all that is wrong with them out.
 * Must not know what any flag means.
 */
import { err, nearestName, ok, quoteFound, type Result } from '@gatehouse/core';
import { environmentName, type Command, type FlagTable, type FlagValues } from './command.ts';
import { expandReferences } from './expand-references.ts';
import type { Flag } from './flag-kinds.ts';

/** Environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface FlagInput {
  /** The arguments after the command's own name. */
  readonly argv: readonly string[];
  readonly env: Environment;
}

/** What somebody asked a command for. */
export type Invocation<T extends FlagTable> =
  /** `--help` or `-h` stood somewhere; whatever else is wrong does not matter. */
  | { readonly kind: 'help' }
  | {
      readonly kind: 'run';
      readonly values: FlagValues<T>;
      /** Arguments that are not flags; always empty when the command declares no operands. */
      readonly operands: readonly string[];
      /** Names of the flags that were set by argument or environment, sorted. */
      readonly given: readonly (keyof T & string)[];
      /** What is to be said of flags that were accepted and have no effect, one sentence each without a full stop. */
      readonly warnings: readonly string[];
    };

/**
 * Reads `--flag value`, `--flag=value`, `--switch`, one dash instead of two, repeated flags, `--` as the end of flags,
 * `$(NAME)` in values; then GATEHOUSE_… variables (an empty one counts as not set), then the defaults. The errors are one
 * sentence each, without a full stop, and name the flag or the variable.
 */
export function parseFlags<T extends FlagTable>(
  command: Command<T>,
  input: FlagInput,
): Result<Invocation<T>, readonly string[]> {
  const scan = scanArguments(command, input);
  if (scan.help) return ok({ kind: 'help' });
  const problems = [...scan.problems];
  if (command.operands === undefined) {
    problems.push(...scan.operands.map((operand) => `unexpected argument ${quoteFound(operand)}`));
  }
  const given: string[] = [];
  const values: [string, unknown][] = [];
  for (const [name, flag] of Object.entries(command.flags)) {
    const source = scan.texts.get(name) ?? textsFromEnvironment(name, flag, input.env);
    if (source === undefined) {
      values.push([valueName(name), flag.default]);
      continue;
    }
    given.push(name);
    const parsed = flag.parse(source.texts);
    if (parsed.ok) values.push([valueName(name), parsed.value]);
    else problems.push(`${source.label}: ${parsed.error}`);
  }
  const former = judgeFormerFlags(command, scan);
  problems.push(...former.problems);
  if (problems.length > 0) return err(problems);
  return ok({
    kind: 'run',
    // The table's own names and kinds made each entry, which the compiler cannot follow.
    values: Object.fromEntries(values) as FlagValues<T>,
    operands: scan.operands,
    given: given.sort(),
    warnings: former.warnings,
  });
}

/** The texts given for a flag, and how to name their place in an error. */
interface Source {
  readonly label: string;
  readonly texts: string[];
}

interface Scan {
  help: boolean;
  readonly texts: Map<string, Source>;
  readonly operands: string[];
  readonly problems: string[];
}

function scanArguments(command: Command<FlagTable>, { argv, env }: FlagInput): Scan {
  const scan: Scan = { help: false, texts: new Map(), operands: [], problems: [] };
  const names = namesAndAliases(command);
  const take = (label: string, value: string, keep: (expanded: string) => void): void => {
    const expanded = expandReferences(value, env);
    if (expanded.ok) keep(expanded.value);
    else scan.problems.push(`${label}: ${expanded.error}`);
  };
  const rest = [...argv];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--') {
      rest.splice(0).forEach((operand) => take('argument', operand, (text) => scan.operands.push(text)));
      break;
    }
    const split = splitFlag(argument);
    if (split === undefined) {
      take('argument', argument, (text) => scan.operands.push(text));
      continue;
    }
    const name = names.get(split.name);
    const flag = name === undefined ? undefined : (command.flags[name] ?? command.formerFlags?.[name]);
    if (name === undefined || flag === undefined) {
      if (split.name === 'help' || split.name === 'h') scan.help = true;
      else scan.problems.push(describeUnknown(split.name, names.keys()));
      continue;
    }
    const value = split.value ?? (flag.arity === 'switch' ? 'true' : shiftValue(rest));
    if (value === undefined) scan.problems.push(describeMissingValue(name, command.flags[name]));
    else take(`--${name}`, value, (text) => addText(scan.texts, name, text));
  }
  return scan;
}

function namesAndAliases({ flags, formerFlags = {} }: Command<FlagTable>): ReadonlyMap<string, string> {
  const former = Object.keys(formerFlags).map((name) => [name, name] as const);
  const own = Object.entries(flags).flatMap(([name, flag]) =>
    [name, ...(flag.aliases ?? [])].map((spelling) => [spelling, name] as const),
  );
  return new Map([...former, ...own]);
}

function judgeFormerFlags(
  { formerFlags = {} }: Command<FlagTable>,
  { texts }: Scan,
): { readonly problems: readonly string[]; readonly warnings: readonly string[] } {
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [name, flag] of Object.entries(formerFlags)) {
    const found = texts.get(name)?.texts.at(-1);
    const judged = found === undefined ? ok(undefined) : flag.judge(found);
    if (!judged.ok) problems.push(`--${name}: ${judged.error}`);
    else if (judged.value !== undefined) warnings.push(`--${name}: ${judged.value}`);
  }
  return { problems, warnings };
}

/** `--name`, `-name`, either with `=value`; undefined when the argument is no flag (`-` alone is standard input). */
function splitFlag(argument: string): { readonly name: string; readonly value?: string } | undefined {
  const match = /^--?([^-=][^=]*)(?:=([^]*))?$/.exec(argument);
  if (match?.[1] === undefined) return argument.startsWith('-') && argument !== '-' ? { name: argument } : undefined;
  return match[2] === undefined ? { name: match[1] } : { name: match[1], value: match[2] };
}

/** The next argument as a value; a flag is none, so that a forgotten value does not swallow it. */
function shiftValue(rest: string[]): string | undefined {
  return rest[0]?.startsWith('--') === true ? undefined : rest.shift();
}

function addText(texts: Map<string, Source>, name: string, value: string): void {
  const source = texts.get(name);
  if (source === undefined) texts.set(name, { label: `--${name}`, texts: [value] });
  else source.texts.push(value);
}

function textsFromEnvironment(name: string, flag: Flag<unknown>, env: Environment): Source | undefined {
  const label = environmentName(name);
  const value = Object.hasOwn(env, label) ? env[label] : undefined;
  if (value === undefined || value === '') return undefined;
  return { label, texts: flag.arity === 'repeated' ? value.split(',') : [value] };
}

function describeMissingValue(name: string, flag: Flag<unknown> | undefined): string {
  return `--${name} needs a value, as in --${name}=${flag?.placeholder ?? 'VALUE'}`;
}

function describeUnknown(found: string, names: Iterable<string>): string {
  const near = nearestName(found, names);
  const unknown = `unknown flag ${quoteFound(found.startsWith('-') ? found : `--${found}`)}`;
  return near === undefined ? unknown : `${unknown}; did you mean --${near}?`;
}

function valueName(flagName: string): string {
  return flagName.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
