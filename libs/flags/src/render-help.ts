/**
 * Duty: the text of `--help`, made from the table alone, so that it cannot be out of date.
 */
import { environmentName, type Command, type FlagTable } from './command.ts';
import type { Flag } from './flag-kinds.ts';

/** Usage, summary, then every flag with its value, what it does and its default; ends in a line break. */
export function renderHelp(command: Command<FlagTable>): string {
  const operands = command.operands === undefined ? '' : ` ${command.operands}`;
  const flags = Object.entries(command.flags).map(([name, flag]) => renderFlag(name, flag));
  const lines = [
    `Usage: ${command.name} [flags]${operands}`,
    '',
    `${command.summary}.`,
    ...(command.details === undefined ? [] : ['', command.details]),
    '',
    'Flags:',
    ...flags.flat(),
    '  -h, --help',
    '      Print this text',
    '',
    `Each flag can be set in the environment too: --some-flag is ${environmentName('some-flag')}. Arguments win.`,
  ];
  return `${lines.join('\n')}\n`;
}

function renderFlag(name: string, flag: Flag<unknown>): readonly string[] {
  const spellings = [...(flag.aliases ?? []), name].map(
    (spelling) => `${spelling.length === 1 ? '-' : '--'}${spelling}`,
  );
  const value = flag.placeholder === '' ? '' : ` ${flag.placeholder}`;
  const more = flag.arity === 'repeated' ? '; may be repeated' : '';
  const standard = flag.defaultText === '' ? '' : ` (default ${flag.defaultText})`;
  return [`  ${spellings.join(', ')}${value}`, `      ${flag.summary}${more}${standard}`];
}
