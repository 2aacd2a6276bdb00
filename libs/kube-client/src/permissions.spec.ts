import { describe, expect, it } from '@jest/globals';
import { permissions } from './permissions.ts';

describe('the table of permissions', () => {
  it('names each verb on a resource once in a scope, and verbs in order', () => {
    const verbs = permissions.flatMap(({ scope, apiGroup, resource, verbs: each }) =>
      each.map((verb) => `${scope} ${verb} ${resource}.${apiGroup}`),
    );
    expect(new Set(verbs).size).toBe(verbs.length);
    for (const { verbs: each } of permissions) expect(each).toEqual([...each].sort());
  });

  it('asks for no wildcard, no list of Secrets, and nothing that changes or deletes what users wrote', () => {
    const all = permissions.flatMap(({ apiGroup, resource, verbs }) => [apiGroup, resource, ...verbs]);
    expect(all.filter((word) => word.includes('*') || word.startsWith('delete') || word === 'update')).toEqual([]);
    const onSecrets = permissions.filter(({ resource }) => resource === 'secrets').flatMap(({ verbs }) => verbs);
    expect(onSecrets).toEqual(['get', 'watch']);
    const writable = permissions.filter(({ verbs }) => verbs.includes('patch') || verbs.includes('create'));
    expect(new Set(writable.map(({ resource }) => resource))).toEqual(
      new Set(['ingresses/status', 'events', 'leases']),
    );
  });
});
