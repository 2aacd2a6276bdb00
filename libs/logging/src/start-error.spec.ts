import { describe, expect, it } from '@jest/globals';
import { createLogger, type LogLevel } from './create-logger.ts';
import { logFailure, StartError } from './start-error.ts';

function failWith(error: unknown, level: LogLevel = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ format: 'json', level, destination: { write: (line) => lines.push(line) } });
  return { exitCode: logFailure(logger, error), lines };
}

describe('the failure of a program', () => {
  it('is one sentence without a stack when somebody can mend it', () => {
    const { exitCode, lines } = failWith(new StartError('--x: taken', { cause: new Error('EADDRINUSE') }));
    expect(exitCode).toBe(1);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toEqual({ level: 'error', time: expect.any(String), message: '--x: taken' });
  });

  it('tells its stack and cause at level debug', () => {
    const { lines } = failWith(new StartError('--x: taken', { cause: new Error('EADDRINUSE') }), 'debug');
    expect(lines[1]).toContain('start-error.spec');
    expect(lines[1]).toContain('EADDRINUSE');
  });

  it('has the exit code that the error names', () => {
    expect(failWith(new StartError('--x: wrong', { exitCode: 2 })).exitCode).toBe(2);
  });

  it('is told with its stack when nobody foresaw it', () => {
    const { exitCode, lines } = failWith(new TypeError('x is not a function'));
    expect(exitCode).toBe(1);
    expect(lines[0]).toContain('start-error.spec');
  });
});
