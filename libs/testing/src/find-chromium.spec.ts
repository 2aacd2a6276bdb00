import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findChromium } from './find-chromium.ts';

describe('a Chromium', () => {
  let folder: string;
  let program: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chromium-'));
    program = join(folder, 'chromium-browser');
    writeFileSync(program, '');
    chmodSync(program, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is found on the PATH', () => {
    expect(findChromium({ named: '', path: ['/nowhere', '', folder].join(delimiter) })).toEqual({
      kind: 'found',
      path: program,
    });
  });

  it('is the one that is named, or none', () => {
    expect(findChromium({ named: program, path: '' })).toEqual({ kind: 'found', path: program });
    const named = join(folder, 'other');
    const reason = `CHROMIUM_PATH names ${named}, which is not a program`;
    expect(findChromium({ named, path: folder })).toEqual({ kind: 'missing', reason });
  });

  it('is missing where there is none, with what to do about it', () => {
    const reason = 'there is no Chromium on the PATH; install it, or name its path in CHROMIUM_PATH';
    expect(findChromium({ named: '', path: '/nowhere' })).toEqual({ kind: 'missing', reason });
  });
});
