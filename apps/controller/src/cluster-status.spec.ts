import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeApi } from '@gatehouse/kube-client';
import { RecordingLogger, snapshotOf, until } from '@gatehouse/testing';
import { createClusterStatus } from './cluster-status.ts';

/** A Lease that our Pod holds, whatever is asked. */
function aLease(): { readonly api: KubeApi; readonly asked: string[] } {
  const asked: string[] = [];
  const api: KubeApi = {
    send: ({ method = 'GET' }) => {
      asked.push(method);
      return Promise.resolve({ metadata: { resourceVersion: String(asked.length) }, spec: { holderIdentity: 'own' } });
    },
    stream: () => Promise.reject(new Error('nothing is watched')),
    close: () => Promise.resolve(),
  };
  return { api, asked };
}

describe('the status of a controller that ends', () => {
  it('asks for no Lease any more, although there was no time to take leave', async () => {
    const { api, asked } = aLease();
    const status = createClusterStatus({
      api,
      source: { snapshot: () => snapshotOf([]) },
      logger: new RecordingLogger(),
      addresses: [{ ip: '192.0.2.1' }],
      cluster: {
        connection: { apiServerHost: '', kubeconfig: '', certificateAuthority: '', inCluster: { host: '', port: '' } },
        pod: { namespace: 'system', name: 'own' },
        syncPeriodMs: 0,
        syncEvents: true,
        status: {
          reportNodeInternalIp: false,
          clearOnShutdown: true,
          intervalMs: 60_000,
          lease: { name: 'leader', ttlMs: 200 },
        },
      },
    });
    status?.begin({ refreshStatus: () => undefined, clearStatus: () => Promise.resolve() });
    await until(() => asked.length >= 4);
    status?.stop();
    await delay(50);
    const before = asked.length;
    await delay(300);
    expect(asked).toHaveLength(before);
  });
});
