/**
 * Duty: what a fault happens to, as scene.ts has it, with its objects in a real API server.
 */
import { connectKubeApi } from '@gatehouse/kube-client';
import { RecordingLogger, startApiServer, type ApiServer } from '@gatehouse/testing';
import { ClusterObjects } from '../harness/cluster-objects.ts';
import { startEchoBackend } from '../harness/echo-backend.ts';
import { startGate } from '../harness/gate.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import { nonLoopbackAddress } from '../harness/non-loopback-address.ts';
import { serviceWith } from './pods.ts';
import { watchGate, type Scene } from './scene.ts';

export interface ClusterScene extends Scene {
  readonly server: ApiServer;
}

const CLASS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'nginx' },
  spec: { controller: 'k8s.io/ingress-nginx' },
};

async function openClusterScene(): Promise<ClusterScene> {
  const server = await startApiServer();
  const address = nonLoopbackAddress();
  const backend = await startEchoBackend({ name: 'web', address });
  const api = await connectKubeApi({ kubeconfig: server.adminKubeconfig, logger: new RecordingLogger() });
  const there = new ClusterObjects(api);
  const named = new Map<string, readonly object[]>();
  const apply = async (name: string, objects: readonly object[]): Promise<void> => {
    await there.exchange(named.get(name) ?? [], objects);
    named.set(name, objects);
  };
  await apply('class', [CLASS]);
  await apply('web', serviceWith('web', { address, ready: [backend] }));
  await apply('x', [oneRule()]);
  const watched = watchGate(await startGate({ kubeconfig: server.adminKubeconfig }));
  return {
    ...watched,
    server,
    backend,
    address,
    apply,
    async close() {
      await watched.close();
      await backend.close();
      await api.close();
      await server.stop();
    },
  };
}

/** What `measure` comes to in a scene of its own. */
export async function inClusterScene<T>(
  measure: (scene: ClusterScene, count: number) => Promise<T>,
  count: number,
): Promise<T> {
  const scene = await openClusterScene();
  return measure(scene, count).finally(() => scene.close());
}
