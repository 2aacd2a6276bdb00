import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { makeNginxSandbox, type NginxSandbox } from '@gatehouse/testing';
import { judgeRuntimePath, openRuntime } from './open-runtime.ts';
import { runtimeLayout, socketsOf } from './runtime-layout.ts';

const isRoot = process.getuid?.() === 0;
let sandbox: NginxSandbox;

beforeEach(async () => {
  sandbox = await makeNginxSandbox();
});
afterEach(() => sandbox.remove());

let other: ReturnType<typeof startOther> | undefined;
afterEach(() => {
  other?.kill('SIGKILL');
});

/** Takes the directory, tells so, and stays until it is killed. */
function startOther(directory: string) {
  const script = `
    const { openRuntime } = await import(${JSON.stringify(import.meta.resolve('./open-runtime.ts'))});
    const opened = await openRuntime(${JSON.stringify(directory)}, 'this process');
    process.stdout.write(String(opened.ok));
    setInterval(() => undefined, 1000);`;
  return spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('the path of a runtime directory', () => {
  it.each([
    ['a dollar sign', '/run/a$b', /takes in no path/],
    ['a control character', '/run/a\nb', /takes in no path/],
    ['too many bytes', `/${'ä'.repeat(60)}`, /32 bytes too long/],
  ])('will not do with %s', (_, path, reason) => expect(judgeRuntimePath(path)).toMatch(reason));

  it('will do with anything else that is short enough for every socket in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (name) => {
        const path = `/${name}`;
        const fits = socketsOf(runtimeLayout(path)).every((socket) => Buffer.byteLength(socket) <= 107);
        // eslint-disable-next-line no-control-regex -- control characters are what is looked for
        const isPlain = !/[$\u0000-\u001f\u007f-\u009f]/.test(name);
        fc.pre(!name.includes('/') && !name.startsWith('.'));
        expect(judgeRuntimePath(path) === undefined).toBe(fits && isPlain);
      }),
    );
  });
});

describe('opening a runtime directory', () => {
  it('makes what is missing', async () => {
    const directory = join(sandbox.directory, 'a');
    await chmod(sandbox.directory, 0o755);
    const opened = await openRuntime(directory, 'this process');
    expect(opened.ok).toBe(true);
    expect(existsSync(runtimeLayout(directory).defaultCertificate)).toBe(true);
    if (opened.ok) await opened.value.release();
    expect(existsSync(runtimeLayout(directory).controllerLock)).toBe(false);
  });

  it('refuses a file', async () => {
    const file = join(sandbox.directory, 'file');
    await writeFile(file, '');
    expect(await openRuntime(file, 'this process')).toEqual({
      ok: false,
      error: `${JSON.stringify(file)} is not a directory`,
    });
  });

  it.each(['/proc/gatehouse', '/proc/gatehouse/deeper'])(
    'gives up where no directory can be made: %s',
    async (path) => {
      expect(await openRuntime(path, 'this process')).toMatchObject({
        ok: false,
        error: expect.stringContaining("ENOENT: no such file or directory, mkdir '/proc/gatehouse'"),
      });
    },
  );

  (isRoot ? it : it.skip)('refuses a directory of another user', async () => {
    const directory = join(sandbox.directory, 'theirs');
    await mkdir(directory);
    await chown(directory, 12_345, 12_345);
    expect(await openRuntime(directory, 'this process')).toEqual({
      ok: false,
      error: `${JSON.stringify(directory)} belongs to another user (12345)`,
    });
  });

  (isRoot ? it.skip : it)('refuses a directory that cannot be written', async () => {
    await chmod(sandbox.directory, 0o500);
    expect(await openRuntime(sandbox.directory, 'this process')).toMatchObject({
      error: expect.stringMatching(/cannot be written$/),
    });
    await chmod(sandbox.directory, 0o700);
  });

  it('names the process that uses it already', async () => {
    const first = await openRuntime(sandbox.directory, 'this process');
    expect(await openRuntime(sandbox.directory, 'this process')).toEqual({
      ok: false,
      error: `another controller uses ${sandbox.directory} (process ${process.pid})`,
    });
    if (first.ok) await first.value.release();
    const next = await openRuntime(sandbox.directory, 'this process');
    expect(next.ok).toBe(true);
    if (next.ok) await next.value.release();
  });

  it('takes it from a process that was killed, and not from one that lives', async () => {
    other = startOther(sandbox.directory);
    const [line] = (await once(other.stdout, 'data')) as [Buffer];
    expect(line.toString()).toBe('true');
    expect(await openRuntime(sandbox.directory, 'this process')).toMatchObject({
      error: expect.stringContaining(`(process ${other.pid})`),
    });
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(existsSync(runtimeLayout(sandbox.directory).controllerLock)).toBe(true);
    const opened = await openRuntime(sandbox.directory, 'this process');
    expect(opened.ok).toBe(true);
    if (opened.ok) await opened.value.release();
  });
});
