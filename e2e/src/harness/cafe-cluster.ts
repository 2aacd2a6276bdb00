/**
 * Duty: a real API server that holds what a cluster with the example holds: our manifests, the cafe as its users apply it,
 * and endpoints, as a cluster would make them, that lead to backends on this machine.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startApiServer, type ApiServer } from '@gatehouse/testing';
import { NAMESPACE, readManifests, toYamlStream } from './deployment.ts';
import { startEchoBackend, type EchoBackend } from './echo-backend.ts';
import { nonLoopbackAddress } from './non-loopback-address.ts';

const CAFE = join(import.meta.dirname, '../../../examples/cafe');

export interface CafeCluster {
  readonly server: ApiServer;
  readonly tea: EchoBackend;
  readonly coffee: EchoBackend;
  /** A kubeconfig with the rights that the controller is deployed with, and no others. */
  readonly controllerKubeconfig: string;
  apply(object: object, namespace?: string): Promise<void>;
  close(): Promise<void>;
}

const FOR_AN_HOUR_S = 3600;

export async function startCafeCluster(): Promise<CafeCluster> {
  const server = await startApiServer();
  const address = nonLoopbackAddress();
  const [tea, coffee] = await Promise.all([
    startEchoBackend({ name: 'tea', address }),
    startEchoBackend({ name: 'coffee', address }),
  ]);
  const apply = async (object: object, namespace = 'default'): Promise<void> => {
    const how = ['--server-side', '--force-conflicts', '-n', namespace, '-f', '-'];
    await server.kubectl(['apply', ...how], JSON.stringify(object));
  };
  await server.kubectl(['apply', '--server-side', '-f', '-'], toYamlStream(await readManifests('base')));
  for (const file of readdirSync(CAFE)) {
    const how = ['--server-side', '--force-conflicts', '-n', 'default', '-f', join(CAFE, file)];
    await server.kubectl(['apply', ...how]);
  }
  await apply(endpointsOf('tea-svc', tea));
  await apply(endpointsOf('coffee-svc', coffee));
  const token = await server.tokenFor(NAMESPACE, 'ingress-nginx', FOR_AN_HOUR_S);
  return {
    server,
    tea,
    coffee,
    controllerKubeconfig: await server.kubeconfigFor(token),
    apply,
    async close() {
      await Promise.all([tea.close(), coffee.close()]);
      await server.stop();
    },
  };
}

/** The endpoints of a Service, all of which are that backend. */
export function endpointsOf(service: string, backend: EchoBackend): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [nonLoopbackAddress()], conditions: { ready: true } }],
    ports: [{ name: 'http', port: backend.port, protocol: 'TCP' }],
  };
}
