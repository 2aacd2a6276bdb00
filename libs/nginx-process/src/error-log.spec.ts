import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isGivenUp, parseErrorLine, readRefusal } from './error-log.ts';

const FILE = '/run/g/generations/ab/nginx.conf';

describe('a line of the error log', () => {
  it.each([
    [
      'of a running nginx',
      '2026/11/23 03:40:52 [emerg] 123#124: bind() to 0.0.0.0:80 failed (98: Address already in use)',
      { level: 'emerg', pid: 123, text: 'bind() to 0.0.0.0:80 failed (98: Address already in use)' },
    ],
    [
      'of a request',
      '2026/11/23 03:40:52 [error] 9#9: *5 connect() failed',
      { level: 'error', pid: 9, text: '*5 connect() failed' },
    ],
    ['before the log is open', 'nginx: [warn] the "user" directive', { level: 'warn', text: 'the "user" directive' }],
    ['of somebody else', 'terminate called after', { level: 'notice', text: 'terminate called after' }],
    ['of an unknown level', 'nginx: [fatal] x', { level: 'notice', text: 'nginx: [fatal] x' }],
  ])('is read when it is %s', (_, line, expected) => {
    expect(parseErrorLine(line)).toEqual(expected);
  });

  it.each([
    ['[emerg] 1#1: unknown directive "x"', true],
    ['[alert] 1#1: mmap(MAP_ANON|MAP_SHARED, 1073741824) failed (12: Cannot allocate memory)', true],
    ['[alert] 1#1: worker process 34 exited on signal 11', false],
    ['[error] 1#1: *1 mmap(x) failed (12: Cannot allocate memory)', false],
  ])('tells of a configuration that is given up: %s, %s', (line, expected) => {
    expect(isGivenUp(parseErrorLine(`2026/11/23 03:40:52 ${line}`))).toBe(expected);
  });

  it('is never lost, whatever it says', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseErrorLine(`2026/11/23 03:40:52 [warn] 1#1: ${text}`)).toEqual({ level: 'warn', pid: 1, text });
      }),
    );
  });
});

describe('what nginx says against a configuration', () => {
  it.each([
    [
      'names a line',
      `unknown directive "x" in ${FILE}:12`,
      { kind: 'refused', message: 'unknown directive "x"', line: 12 },
    ],
    [
      'names a line and a system error',
      `open() "/x" failed (2: No such file or directory) in ${FILE}:3`,
      { kind: 'refused', message: 'open() "/x" failed (2: No such file or directory)', line: 3 },
    ],
    [
      'names a line of another file',
      'unknown directive "x" in /etc/nginx/other.conf:12',
      { kind: 'refused', message: 'unknown directive "x" in /etc/nginx/other.conf:12' },
    ],
    ['names no line', 'no "events" section', { kind: 'refused', message: 'no "events" section' }],
    ['is the machine', 'bind() to 0.0.0.0:80 failed (13: Permission denied)', { kind: 'fault' }],
    ['is a full disk', 'mkdir() "/x" failed (28: No space left on device)', { kind: 'fault' }],
  ])('is understood when it %s', (_, text, expected) => {
    expect(readRefusal(text, FILE)).toEqual(expected);
  });

  it('is laid to the line at its very end, whatever a user wrote before', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, line) => {
        const hostile = `unknown directive "${text} in ${FILE}:7"`;
        expect(readRefusal(`${hostile} in ${FILE}:${line}`, FILE)).toEqual({ kind: 'refused', message: hostile, line });
      }),
    );
  });
});
