/**
 * Duty: connections to a real API server as a ServiceAccount that has exactly the controller's permissions of the library's own table.
 */
import { connectKubeApi, permissionsOf, type KubeApi, type Permission } from '@gatehouse/kube-client';
import { RecordingLogger, type ApiServer } from '@gatehouse/testing';

/** Where our Pods are. */
export const OWN_NAMESPACE = 'edge';
const ACCOUNT = 'writer';

/** Makes the namespace, the account and its roles; connections are made by `connectAccount`. */
export async function makeAccount(server: ApiServer, leaseName: string): Promise<void> {
  await server.kubectl(['create', 'namespace', OWN_NAMESPACE]);
  await server.kubectl(['create', 'serviceaccount', ACCOUNT, `--namespace=${OWN_NAMESPACE}`]);
  const rules = (scope: Permission['scope']) =>
    permissionsOf('controller')
      .filter((permission) => permission.scope === scope)
      .map(({ apiGroup, resource, verbs, namedByFlag }) => ({
        apiGroups: [apiGroup],
        resources: [resource],
        verbs,
        ...(namedByFlag === undefined ? {} : { resourceNames: [leaseName] }),
      }));
  const roleRef = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: ACCOUNT });
  const subjects = [{ kind: 'ServiceAccount', namespace: OWN_NAMESPACE, name: ACCOUNT }];
  const metadata = { name: ACCOUNT };
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const own = `${rbac}/namespaces/${OWN_NAMESPACE}`;
  await server.request('POST', `${rbac}/clusterroles`, { metadata, rules: rules('cluster') });
  await server.request('POST', `${own}/roles`, { metadata, rules: rules('ownNamespace') });
  await server.request('POST', `${rbac}/clusterrolebindings`, { metadata, subjects, roleRef: roleRef('ClusterRole') });
  await server.request('POST', `${own}/rolebindings`, { metadata, subjects, roleRef: roleRef('Role') });
}

/** A connection with the account's token. */
export async function connectAccount(server: ApiServer): Promise<KubeApi> {
  const kubeconfig = await server.kubeconfigFor(await server.tokenFor(OWN_NAMESPACE, ACCOUNT));
  return connectKubeApi({ kubeconfig, logger: new RecordingLogger() });
}
