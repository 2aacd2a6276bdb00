import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runDefaultBackend } from './run.ts';

let end = new AbortController();
beforeEach(() => {
  end = new AbortController();
});
afterEach(() => end.abort());

function run(argv: readonly string[], signal: AbortSignal) {
  const printed = { out: '', err: '' };
  const exitCode = runDefaultBackend({
    argv,
    env: { GATEHOUSE_HOST: '127.0.0.1' },
    stdout: { write: (text) => (printed.out += text) },
    stderr: { write: (text) => (printed.err += text) },
    signal,
  });
  return { exitCode, printed };
}

async function untilPrinted(printed: { err: string }, part: string): Promise<void> {
  while (!printed.err.includes(part)) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('the program', () => {
  it('serves until it is told to end, then ends with 0', async () => {
    const { exitCode, printed } = run(['--port=0', '--health-port=0'], end.signal);
    await untilPrinted(printed, 'listening');
    const { port } = JSON.parse(printed.err) as { port: number };
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'X-Code': '503' } });
    expect(response.status).toBe(503);
    await response.text();
    end.abort();
    expect(await exitCode).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('writes a line of JSON for each answer when it is told to, with nothing of the client unescaped and no query', async () => {
    const { exitCode, printed } = run(['--port=0', '--health-port=0', '--access-log'], end.signal);
    await untilPrinted(printed, 'listening');
    const { port } = JSON.parse(printed.err) as { port: number };
    const headers = {
      ...{ 'X-Code': '502', 'X-Original-URI': '/a"\u0085\t{}?token=secret', 'X-Namespace': 'team-a' },
      ...{ 'X-Request-ID': '0af7651916cd43dd8448eb211c80319c', Accept: 'application/json' },
    };
    await (await fetch(`http://127.0.0.1:${port}/?token=secret`, { headers })).text();
    end.abort();
    await exitCode;
    const lines = printed.out.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...{ message: 'answered', status: 502, format: 'application/json', language: 'en', hostClass: 'unrouted' },
      ...{ reference: '0af7651916cd43dd8448eb211c80319c', method: 'GET', namespace: 'team-a', peer: '127.0.0.1' },
      tookMs: expect.any(Number),
    });
    expect(printed.out).not.toMatch(/secret|\t|\u0085/);
  });

  it('ends with 1 and the reason when its port is taken', async () => {
    const serving = run(['--port=0', '--health-port=0'], end.signal);
    await untilPrinted(serving.printed, 'listening');
    const { port } = JSON.parse(serving.printed.err) as { port: number };
    const { exitCode, printed } = run([`--port=${port}`, '--health-port=0'], end.signal);
    expect(await exitCode).toBe(1);
    expect(printed.err).toContain('EADDRINUSE');
    end.abort();
    await serving.exitCode;
  });

  it('prints its flags with their defaults', async () => {
    const { exitCode, printed } = run(['--help'], end.signal);
    expect(await exitCode).toBe(0);
    expect(printed.out).toContain('--health-port PORT');
    expect(printed.out).toContain('(default 8080)');
  });
});
