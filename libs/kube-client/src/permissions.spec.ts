import { describe, expect, it } from '@jest/globals';
import { permissions, permissionsOf, type Asker } from './permissions.ts';

const ASKERS: readonly Asker[] = ['admission-webhook', 'controller'];

describe.each(ASKERS)('the permissions of the %s', (asker) => {
  const own = permissionsOf(asker);

  it('name each verb on a resource once in a scope, and verbs in order', () => {
    const verbs = own.flatMap(({ scope, apiGroup, resource, verbs: each, namedByFlag = '' }) =>
      each.map((verb) => `${scope} ${verb} ${resource}.${apiGroup} ${namedByFlag}`),
    );
    expect(new Set(verbs).size).toBe(verbs.length);
    for (const { verbs: each } of own) expect(each).toEqual([...each].sort());
  });

  it('ask for no wildcard, and delete nothing', () => {
    const all = own.flatMap(({ apiGroup, resource, verbs }) => [apiGroup, resource, ...verbs]);
    expect(all.filter((word) => word.includes('*') || word.startsWith('delete'))).toEqual([]);
  });
});

describe('the table of permissions', () => {
  const isWrite = (verb: string): boolean => ['create', 'patch', 'update'].includes(verb);
  const writtenBy = (asker: Asker): readonly string[] =>
    permissionsOf(asker)
      .filter(({ verbs }) => verbs.some(isWrite))
      .map(({ resource, namedByFlag = 'any' }) => `${resource}: ${namedByFlag}`);

  it('lets nobody change what users wrote', () => {
    expect(writtenBy('controller')).toEqual([
      'ingresses/status: any',
      'events: any',
      'leases: any',
      'leases: --election-id',
    ]);
    expect(writtenBy('admission-webhook')).toEqual([
      'secrets: --certificate-secret',
      'validatingwebhookconfigurations: --webhook-configuration',
    ]);
  });

  it('lets the controller read Secrets but not list them, and the webhook see none but its own', () => {
    const onSecrets = permissions
      .filter(({ resource }) => resource === 'secrets')
      .map(({ askers, verbs, scope, namedByFlag }) => ({ askers, verbs, scope, namedByFlag }));
    expect(onSecrets).toEqual([
      { askers: ['controller'], verbs: ['get', 'watch'], scope: 'cluster', namedByFlag: undefined },
      {
        askers: ['admission-webhook'],
        verbs: ['get', 'update', 'watch'],
        scope: 'ownNamespace',
        namedByFlag: '--certificate-secret',
      },
    ]);
  });
});
