import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { ProgramContext } from '@gatehouse/flags';
import { runProgram } from './run-program.ts';

const aStream = () => Object.assign(new EventEmitter(), { write: () => true });

class FakeProcess extends EventEmitter {
  readonly argv = ['node', 'main.ts', 'a', 'b'];
  readonly env = { HOME: '/root' };
  readonly stdout = aStream();
  readonly stderr = aStream();
  exitCode: number | string | null | undefined;
}

/** A program that ends with 7 when the test lets it. */
function begin() {
  const host = new FakeProcess();
  const { promise, resolve } = Promise.withResolvers<number>();
  let context: ProgramContext | undefined;
  const ended = runProgram(host, (given) => {
    context = given;
    return promise;
  });
  const told = () => [context?.signal.aborted, context?.cutOff?.aborted];
  return { host, told, context: () => context, end: () => (resolve(7), ended) };
}

const systemError = (code: string) => Object.assign(new Error(code), { code });

afterEach(() => void jest.useRealTimers());

describe('a program in a process', () => {
  it('gets arguments and environment, and its answer is the exit code', async () => {
    const { host, context, end } = begin();
    expect(context()).toMatchObject({ argv: ['a', 'b'], env: { HOME: '/root' } });
    await end();
    expect(host.exitCode).toBe(7);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('is told to end by %s, and nothing new by its double', async (signal) => {
    const { host, told, end } = begin();
    expect(told()).toEqual([false, false]);
    host.emit(signal);
    host.emit(signal);
    expect(told()).toEqual([true, false]);
    await end();
  });

  it('is told to end at once by a second signal more than a second later', async () => {
    jest.useFakeTimers();
    const { host, told, end } = begin();
    host.emit('SIGINT');
    jest.advanceTimersByTime(1001);
    expect(told()).toEqual([true, false]);
    host.emit('SIGTERM');
    expect(told()).toEqual([true, true]);
    await end();
  });

  it.each([
    ['stdout', 'EPIPE', true],
    ['stderr', 'EPIPE', true],
    ['stderr', 'EIO', true],
    ['stderr', 'ENOSPC', false],
  ] as const)('survives an error of %s with the code %s (told to end: %s)', async (stream, code, isTold) => {
    const { host, told, end } = begin();
    host[stream].emit('error', systemError(code));
    expect(told()).toEqual([isTold, false]);
    await end();
  });
});
