/**
 * Duty: one declarative table of flags → typed values, environment names and help. Pure; knows no command by name.
 *
 *     const command = {
 *       name: 'gatehouse serve',
 *       summary: 'Serves things',
 *       flags: {
 *         'health-port': integer({ default: 8081, min: 0, max: 65_535, summary: 'Port of the health checks' }),
 *         manifests: texts({ default: [], placeholder: 'DIR', summary: 'Read objects from here', aliases: ['f'] }),
 *         'log-format': oneOf(['auto', 'json', 'text'], { default: 'auto', summary: 'Form of the log lines' }),
 *         'grace-period': duration({ default: '10s', summary: 'How long requests may take to end' }),
 *         verbose: bool({ default: false, summary: 'Say more' }),
 *       },
 *     } as const satisfies Command<FlagTable>;
 *
 *     await runCommand(command, context, async ({ values }) => serve(values.healthPort, values.gracePeriod));   // ms
 *
 * `runCommand` prints help and usage errors and gives the exit code; `parseFlags` alone gives every error at once as data.
 * Order: arguments, then GATEHOUSE_HEALTH_PORT, then the default. `given` names what was set, `warnings` tells of flags
 * of another program (`formerFlags`) that are only accepted.
 */
export { closeWithGrace } from './close-with-grace.ts';
export { environmentName, type Command, type FlagTable, type FlagValues } from './command.ts';
export { bool, decimal, duration, integer, oneOf, text, texts, type Flag } from './flag-kinds.ts';
export type { FormerFlag, FormerFlags } from './former-flag.ts';
export { parseFlags, type Environment, type FlagInput, type Invocation } from './parse-flags.ts';
export { renderHelp } from './render-help.ts';
export { EXIT_FAILED, EXIT_OK, EXIT_USAGE, runCommand, type ProgramContext, type TextSink } from './run-command.ts';
