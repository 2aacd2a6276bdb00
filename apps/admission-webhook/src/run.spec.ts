import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAdmissionWebhook } from './run.ts';

const end = new AbortController();
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-admission-run-'));
});

afterAll(async () => {
  end.abort();
  await rm(directory, { recursive: true });
});

function run(argv: readonly string[]) {
  const printed = { out: '', err: '' };
  const exitCode = runAdmissionWebhook({
    argv,
    env: { GATEHOUSE_HOST: '127.0.0.1', GATEHOUSE_PORT: '0', GATEHOUSE_HEALTH_PORT: '0' },
    stdout: { write: (text) => (printed.out += text) },
    stderr: { write: (text) => (printed.err += text) },
    signal: end.signal,
  });
  return { exitCode, printed };
}

describe('the program', () => {
  it('serves until it is told to end, then ends with 0', async () => {
    const { exitCode, printed } = run(['-f', directory]);
    while (!printed.err.includes('is listening')) await new Promise((resolve) => setTimeout(resolve, 10));
    const line = printed.err.split('\n').find((text) => text.includes('is listening')) ?? '';
    const { healthPort } = JSON.parse(line) as { healthPort: number };
    const response = await fetch(`http://127.0.0.1:${healthPort}/readyz`);
    expect(await response.text()).toBe('ok\n');
    end.abort();
    expect(await exitCode).toBe(0);
  });

  it.each([
    ['a selector means nothing', ['--watch-namespace-selector=!!'], '--watch-namespace-selector: '],
    ['names of clients have no authority', ['-f=x', '--client-names=a'], 'without --client-ca-file'],
    ['there is no time', ['-f=x', '--review-timeout=0s'], '--review-timeout: nobody can be answered in no time'],
    ['a link would be a command', ['-f=x', '--documentation-url=https://a.b/\u001b[2J'], '--documentation-url: '],
    ['a link is none', ['-f=x', '--documentation-url=javascript:alert(1)'], 'is no URL with http or https'],
    ['a flag means nothing', ['-f=x', '--configmap=a'], '--configmap: "a" is not of the form NAMESPACE/NAME'],
    ['half a pair of files is given', ['-f=x', '--key-file=a'], '--certificate-file and --key-file: either both'],
    [
      'a certificate is to come from two places',
      ['--certificate-file=a', '--key-file=a', '--certificate-secret=a/b'],
      'alone',
    ],
    ['a Secret has no namespace', ['--certificate-secret=a'], '"a\\" is not of the form NAMESPACE/NAME'],
    ['a Service is not named', ['--certificate-secret=a/b', '--webhook-configuration=c'], '--service-name: must name'],
    [
      'nobody is told whom to trust',
      ['--certificate-secret=a/b', '--service-name=c'],
      '--webhook-configuration: must be',
    ],
    ['what is told is for nobody', ['--webhook-configuration=c'], '--webhook-configuration: is only for'],
  ])('ends with 2 when %s', async (_, argv, reason) => {
    const { exitCode, printed } = run(argv);
    expect(await exitCode).toBe(2);
    expect(printed.err).toContain(reason);
  });

  it('ends with 1 and the reason when it is in no cluster and is told of no API server', async () => {
    const { exitCode, printed } = run([]);
    expect(await exitCode).toBe(1);
    expect(printed.err).toContain('no API server is known');
    expect(printed.err).not.toContain('"stack"');
  });

  it('ends with 1 and the reason when the directory is not there', async () => {
    const { exitCode, printed } = run(['-f', '/nowhere/at/all']);
    expect(await exitCode).toBe(1);
    expect(printed.err).toContain('/nowhere/at/all');
  });
});
