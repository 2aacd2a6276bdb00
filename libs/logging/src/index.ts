export {
  createLogger,
  type LogDestination,
  type LogFormat,
  type LoggerOptions,
  type LogLevel,
} from './create-logger.ts';
export { logFlags } from './log-flags.ts';
