import { describe, expect, it } from '@jest/globals';
import { newestCapabilities } from './capabilities.ts';
import { describeKnownFaults } from './known-faults.ts';

const said = (version: string) => describeKnownFaults({ ...newestCapabilities, version });
const cves = (version: string) => said(version)?.match(/CVE-[\d-]+\d/g) ?? [];

describe('the known faults of an nginx', () => {
  it.each([
    ['1.22.1', 5],
    ['1.29.99', 5],
    ['1.30.0', 5],
    ['1.30.1', 4],
    ['1.30.2', 3],
    ['1.30.3', 2],
    ['1.30.4', 0],
    ['1.30.10', 0],
    ['1.31.0', 0],
    ['2.0.0', 0],
  ])('%s has %d', (version, count) => expect(cves(version)).toHaveLength(count));

  it('come with the version to take', () => {
    expect(cves('1.30.3')).toEqual(['CVE-2026-42533', 'CVE-2026-60005']);
    expect(said('1.30.3')).toMatch(/^nginx 1\.30\.3 is older than 1\.30\.4: .*; take nginx 1\.30\.4 or later$/);
  });
});
