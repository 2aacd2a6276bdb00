import { describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNginx } from './find-nginx.ts';
import { readCapabilities } from './machine.ts';

async function withProgram<T>(text: string, use: (file: string, directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-find-'));
  const file = join(directory, 'nginx');
  await writeFile(file, text);
  await chmod(file, 0o755);
  try {
    return await use(file, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('finding nginx', () => {
  it('takes the one that is named', async () => {
    await withProgram('', async (file) => {
      expect(await findNginx({ named: file, searchPath: '' })).toEqual({ ok: true, value: file });
    });
  });

  it('does not look elsewhere when the named one is none', async () => {
    const found = await findNginx({ named: '/nowhere/nginx', searchPath: '/usr/sbin' });
    expect(found).toEqual({ ok: false, error: '/nowhere/nginx is not a program' });
  });

  it('takes the first on the search path', async () => {
    await withProgram('', async (file, directory) => {
      expect(await findNginx({ named: '', searchPath: `/nowhere:${directory}` })).toEqual({ ok: true, value: file });
    });
  });

  it('finds the one of the system although a plain user has it not on the search path', async () => {
    expect(await findNginx({ named: '', searchPath: '' })).toMatchObject({ ok: true });
  });

  it('reads what the one of the system can do', async () => {
    const found = await findNginx({ named: '', searchPath: process.env['PATH'] ?? '' });
    const capabilities = await readCapabilities(found.ok ? found.value : '');
    expect(capabilities.version).toMatch(/^1\.\d+\.\d+$/);
    expect(capabilities.ssl).toBe(true);
  });

  it('says when a program is no nginx', async () => {
    await withProgram('#!/bin/sh\necho hello >&2\n', async (file) => {
      await expect(readCapabilities(file)).rejects.toThrow(file);
    });
  });
});
