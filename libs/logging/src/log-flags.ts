/**
 * Duty: the flags of every program that logs.
 */
import { oneOf } from '@gatehouse/flags';

/** To be spread into the table of a command. */
export const logFlags = {
  'log-format': oneOf(['auto', 'json', 'text'], {
    default: 'auto',
    summary: 'Form of the log lines; auto is text on a terminal and json elsewhere',
  }),
  'log-level': oneOf(['debug', 'info', 'warn', 'error', 'silent'], {
    default: 'info',
    summary: 'The least important lines that are still written',
  }),
};
