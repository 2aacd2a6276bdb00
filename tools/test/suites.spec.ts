import { describe, expect, it } from '@jest/globals';
import { findSuites, SERVERS, serverOf } from './suites.ts';

describe('findSuites', () => {
  it('finds this very suite, and nothing in node_modules', () => {
    const { unit } = findSuites();
    expect(unit).toContain('tools/test/suites.spec.ts');
    expect(unit.filter((path) => path.includes('node_modules'))).toEqual([]);
  });

  it('puts every suite of e2e under what it needs', () => {
    const suites = findSuites();
    expect(suites.nginx).toContain('e2e/src/scenarios.spec.ts');
    expect(suites.docker).toContain('e2e/src/newest-nginx.docker.spec.ts');
    for (const server of SERVERS) {
      expect(suites[server].filter((path) => !path.startsWith('e2e/') || serverOf(path) !== server)).toEqual([]);
    }
  });

  it('leaves no suite of other projects that needs more than the test target gives', () => {
    expect(findSuites().unit.filter((path) => /\.(apiserver|chromium|docker|kind)\.spec\.ts$/.test(path))).toEqual([]);
  });
});

describe('what a suite needs', () => {
  it.each([
    ['e2e/src/regex.spec.ts', 'nginx'],
    ['e2e/src/a-b.apiserver.spec.ts', 'apiserver'],
    ['e2e/src/a-b.chromium.spec.ts', 'chromium'],
    ['e2e/src/a-b.docker.spec.ts', 'docker'],
    ['e2e/src/cafe.kind.spec.ts', 'kind'],
  ])('%s runs on %s', (path, server) => {
    expect(serverOf(path)).toBe(server);
  });

  it.each(['e2e/src/a.dokcer.spec.ts', 'e2e/src/a.nginx.spec.ts'])('%s is refused: nothing would run it', (path) => {
    expect(() => serverOf(path)).toThrow(path);
  });
});
