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
 *     const invocation = parseFlags(command, { argv, env });
 *     if (!invocation.ok) print(invocation.error.join('\n'));             // every reason at once
 *     else if (invocation.value.kind === 'help') print(renderHelp(command));
 *     else serve(invocation.value.values.healthPort, invocation.value.values.gracePeriod);   // number, milliseconds
 *
 * Order: arguments, then GATEHOUSE_HEALTH_PORT, then the default. `given` names what was set, for flags that are only
 * accepted and need a warning.
 */
export { environmentName, type Command, type FlagTable, type FlagValues } from './command.ts';
export { bool, decimal, duration, integer, oneOf, text, texts, type Flag } from './flag-kinds.ts';
export { nearestName } from './nearest-name.ts';
export { parseFlags, type Environment, type FlagInput, type Invocation } from './parse-flags.ts';
export { renderHelp } from './render-help.ts';
