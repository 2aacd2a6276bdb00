import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const workspaceRoot = resolve(import.meta.dirname, '../..');
const apps = globSync('apps/*/src/main.ts', { cwd: workspaceRoot }).map((path) => path.split('/')[1] ?? '');

describe('the bundle of each app', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(apps)('starts in an empty directory: %s --help', (app) => {
    copyFileSync(join(workspaceRoot, 'dist/apps', app, 'main.mjs'), join(folder, 'main.mjs'));
    const help = execFileSync(process.execPath, ['main.mjs', '--help'], {
      cwd: folder,
      encoding: 'utf8',
      env: {},
      timeout: 20_000,
    });
    expect(help).toMatch(/usage/i);
  });
});
