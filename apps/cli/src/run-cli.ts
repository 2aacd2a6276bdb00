/**
 * Duty: `gatehouse COMMAND …`: which command it is. Must not know what any of them does.
 */
import { runAdmissionWebhook } from '@gatehouse/admission-webhook';
import { runController } from '@gatehouse/controller';
import { runDefaultBackend } from '@gatehouse/default-backend';
import { nearestName, quoteFound } from '@gatehouse/core';
import { EXIT_OK, EXIT_USAGE, type ProgramContext } from '@gatehouse/flags';
import { runCheck } from './check/run-check.ts';
import { listCommands, type CommandGroup } from './command-group.ts';
import { runPages } from './pages/run-pages.ts';
import { runPolicy } from './policy/run-policy.ts';
import { runRender } from './render/run-render.ts';
import { runStart } from './start/run-start.ts';
import { describeVersion } from './version.ts';

const COMMANDS: CommandGroup = new Map([
  ['start', { summary: 'Serve an example with all three parts, without a cluster', run: runStart }],
  ['controller', { summary: 'Keep a running nginx in step with Ingresses', run: runController }],
  ['admission-webhook', { summary: 'Refuse Ingresses that would break something', run: runAdmissionWebhook }],
  ['default-backend', { summary: 'Answer what nothing else does', run: runDefaultBackend }],
  ['render', { summary: 'Print the nginx.conf that manifests lead to', run: runRender }],
  ['check', { summary: 'List every Problem of manifests, with file and line', run: runCheck }],
  ['pages', { summary: 'Check a brand, look at its error pages, write them as files', run: runPages }],
  ['policy', { summary: 'Try out who owns which hosts, before it is turned on', run: runPolicy }],
]);

/** Runs one command; the exit code is the command's, or 2 when there is none of that name. */
export async function runCli(program: ProgramContext): Promise<number> {
  const [name, ...argv] = program.argv;
  const command = name === undefined ? undefined : COMMANDS.get(name);
  if (command !== undefined) return command.run({ ...program, argv });
  if (name === '--help' || name === '-h' || name === 'help') {
    program.stdout.write(helpText());
    return EXIT_OK;
  }
  if (name === '--version' || name === 'version') {
    program.stdout.write(await describeVersion(program.env['PATH'] ?? ''));
    return EXIT_OK;
  }
  program.stderr.write(name === undefined ? helpText() : describeUnknown(name));
  return EXIT_USAGE;
}

function helpText(): string {
  return `Usage: gatehouse COMMAND [flags]\n\nCommands:\n${listCommands(COMMANDS)}\n\ngatehouse COMMAND --help tells more; gatehouse --version prints the version.\n`;
}

function describeUnknown(name: string): string {
  const near = nearestName(name, [...COMMANDS.keys()]);
  const hint = near === undefined ? 'gatehouse --help lists them' : `did you mean ${near}?`;
  return `gatehouse: there is no command ${quoteFound(name)}; ${hint}\n`;
}
