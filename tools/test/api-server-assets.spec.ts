import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findApiServerAssets } from './api-server-assets.ts';

describe('the programs of a real API server', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'assets-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are found where both are', () => {
    for (const program of ['kube-apiserver', 'etcd']) writeFileSync(join(directory, program), '');
    expect(findApiServerAssets(directory)).toEqual({ kind: 'found', directory });
  });

  it('are missing where one of them is, with the reason', () => {
    writeFileSync(join(directory, 'kube-apiserver'), '');
    const reason = `there is no etcd in ${directory} (KUBEBUILDER_ASSETS)`;
    expect(findApiServerAssets(directory)).toEqual({ kind: 'missing', reason });
  });
});
