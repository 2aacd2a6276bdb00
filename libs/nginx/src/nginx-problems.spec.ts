import { expect, it } from '@jest/globals';
import { newestCapabilities } from './capabilities.ts';
import { nginxProblems } from './nginx-problems.ts';

it('an nginx that needs reloads for endpoints is a Problem of its Pod, and a newer one is none', () => {
  const pod = { kind: 'Pod', namespace: 'gatehouse', name: 'controller-0' } as const;
  const old = { ...newestCapabilities, version: '1.26.3', upstreamResolve: false };
  expect(nginxProblems(newestCapabilities, pod)).toEqual([]);
  expect(nginxProblems(old, pod)).toEqual([
    {
      code: 'EndpointsNeedReloads',
      object: pod,
      field: '',
      message: 'nginx 1.26.3 is reloaded for each change of endpoints; from 1.27.3 on it needs no reload for them',
    },
  ]);
});
