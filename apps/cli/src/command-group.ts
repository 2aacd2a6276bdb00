/**
 * Duty: `gatehouse GROUP COMMAND …`: which command of a group it is. Must not know what any of them does.
 */
import { nearestName, quoteFound } from '@gatehouse/core';
import { EXIT_OK, EXIT_USAGE, type ProgramContext } from '@gatehouse/flags';

interface CliCommand {
  /** What it does, without a full stop. */
  readonly summary: string;
  readonly run: (context: ProgramContext) => Promise<number>;
}

export type CommandGroup = ReadonlyMap<string, CliCommand>;

/** Runs one command of `group`, called `gatehouse NAME`; exit code 2 when there is none of that name. */
export async function runGroup(name: string, group: CommandGroup, context: ProgramContext): Promise<number> {
  const [found, ...argv] = context.argv;
  const command = found === undefined ? undefined : group.get(found);
  if (command !== undefined) return command.run({ ...context, argv });
  const help = `Usage: gatehouse ${name} COMMAND [flags]\n\nCommands:\n${listCommands(group)}\n\ngatehouse ${name} COMMAND --help tells more.\n`;
  if (found === '--help' || found === '-h' || found === 'help') {
    context.stdout.write(help);
    return EXIT_OK;
  }
  context.stderr.write(found === undefined ? help : `${describeUnknown(name, found, group)}\n${help}`);
  return EXIT_USAGE;
}

/** One line for each, the summaries below each other. */
export function listCommands(group: CommandGroup): string {
  const width = Math.max(...[...group.keys()].map((command) => command.length));
  return [...group].map(([command, { summary }]) => `  ${command.padEnd(width)}  ${summary}`).join('\n');
}

function describeUnknown(name: string, found: string, group: CommandGroup): string {
  const near = nearestName(found, group.keys());
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `gatehouse ${name}: there is no command ${quoteFound(found)}${hint}`;
}
