export {
  createLogger,
  type LogDestination,
  type LogFormat,
  type LoggerOptions,
  type LogLevel,
} from './create-logger.ts';
export { logFlags } from './log-flags.ts';
export { runProgram } from './run-program.ts';
export { createRepetitionLimit, type RepetitionLimit } from './repetition-limit.ts';
export { systemClock } from './system-clock.ts';
export { logFailure, StartError } from './start-error.ts';
