/**
 * Duty: what our workloads ask of an API server, as the RBAC rules that allow exactly that, and what needs each. The
 * manifests of the deployment are compared with this table, and specs against a real API server hold a role made of it.
 */

/** Who asks an API server; each has a ServiceAccount of its own. */
export type Asker = 'admission-webhook' | 'controller';

/** One rule, for one resource. */
export interface Permission {
  readonly askers: readonly Asker[];
  /** `cluster`: in every namespace that is watched, or outside namespaces; `ownNamespace`: where the workload's Pods are. */
  readonly scope: 'cluster' | 'ownNamespace';
  /** Empty for the core group. */
  readonly apiGroup: string;
  /** With its subresource, as RBAC has it: `ingresses/status`. */
  readonly resource: string;
  /** In alphabetical order. */
  readonly verbs: readonly string[];
  /** The rule is for the object that a flag names, and can be narrowed to that name. */
  readonly namedByFlag?: string;
  /** What stops working without it. */
  readonly use: string;
  /** Not needed in every set-up: when it is. */
  readonly onlyWhen?: string;
}

const reading: readonly Permission[] = [
  {
    askers: ['admission-webhook', 'controller'],
    scope: 'cluster',
    apiGroup: 'networking.k8s.io',
    resource: 'ingresses',
    verbs: ['list', 'watch'],
    use: 'the Ingresses to serve, and those that a new one is judged beside',
  },
  {
    askers: ['admission-webhook', 'controller'],
    scope: 'cluster',
    apiGroup: 'networking.k8s.io',
    resource: 'ingressclasses',
    verbs: ['list', 'watch'],
    use: 'which Ingresses are ours',
  },
  {
    askers: ['admission-webhook', 'controller'],
    scope: 'cluster',
    apiGroup: '',
    resource: 'services',
    verbs: ['list', 'watch'],
    use: 'the backends of Ingresses, and the addresses of --publish-service',
  },
  {
    askers: ['controller'],
    scope: 'cluster',
    apiGroup: 'discovery.k8s.io',
    resource: 'endpointslices',
    verbs: ['list', 'watch'],
    use: 'where the backends can be reached',
  },
  {
    askers: ['admission-webhook', 'controller'],
    scope: 'cluster',
    apiGroup: '',
    resource: 'namespaces',
    verbs: ['list', 'watch'],
    use: 'the labels that --watch-namespace-selector and the policy ask for',
  },
  {
    askers: ['controller'],
    scope: 'cluster',
    apiGroup: '',
    resource: 'secrets',
    verbs: ['get', 'watch'],
    use: 'certificates, password files and keys of session tickets, one by one, by the names that Ingresses and flags give',
  },
  {
    askers: ['controller'],
    scope: 'ownNamespace',
    apiGroup: '',
    resource: 'configmaps',
    verbs: ['get', 'list', 'watch'],
    use: 'the settings (--configmap), the policy, and the TCP and UDP services',
  },
];

const writing: readonly Permission[] = [
  {
    askers: ['controller'],
    scope: 'cluster',
    apiGroup: 'networking.k8s.io',
    resource: 'ingresses/status',
    verbs: ['patch'],
    use: 'the addresses in the status of Ingresses',
    onlyWhen: '--update-status',
  },
  {
    askers: ['controller'],
    scope: 'cluster',
    apiGroup: 'events.k8s.io',
    resource: 'events',
    verbs: ['create', 'patch'],
    use: 'Events, and the counting of repeated ones',
  },
  {
    askers: ['controller'],
    scope: 'ownNamespace',
    apiGroup: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['create'],
    use: 'the Lease of the leader, when there is none yet; a name cannot narrow the creation of an object',
  },
  {
    askers: ['controller'],
    scope: 'ownNamespace',
    apiGroup: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['get', 'patch'],
    namedByFlag: '--election-id',
    use: 'taking, renewing and releasing the Lease of the leader',
  },
  {
    askers: ['controller'],
    scope: 'ownNamespace',
    apiGroup: '',
    resource: 'pods',
    verbs: ['get', 'list'],
    use: 'our own labels and the other replicas: whether the last one clears the status, and whose nodes are published',
  },
  {
    askers: ['controller'],
    scope: 'cluster',
    apiGroup: '',
    resource: 'nodes',
    verbs: ['get'],
    use: 'the addresses of the nodes that our Pods run on',
    onlyWhen: 'neither --publish-service nor --publish-status-address is given',
  },
];

const gate: readonly Permission[] = [
  {
    askers: ['admission-webhook'],
    scope: 'ownNamespace',
    apiGroup: '',
    resource: 'configmaps',
    verbs: ['list', 'watch'],
    namedByFlag: '--configmap',
    use: 'the settings that Ingresses are judged by',
  },
  {
    askers: ['admission-webhook'],
    scope: 'ownNamespace',
    apiGroup: '',
    resource: 'configmaps',
    verbs: ['list', 'watch'],
    namedByFlag: '--policy-configmap',
    use: 'which namespace owns which host',
  },
  {
    askers: ['admission-webhook'],
    scope: 'ownNamespace',
    apiGroup: '',
    resource: 'configmaps',
    verbs: ['list', 'watch'],
    namedByFlag: '--tcp-services-configmap',
    use: 'which Services TCP ports lead to',
    onlyWhen: '--tcp-services-configmap is given',
  },
  {
    askers: ['admission-webhook'],
    scope: 'ownNamespace',
    apiGroup: '',
    resource: 'configmaps',
    verbs: ['list', 'watch'],
    namedByFlag: '--udp-services-configmap',
    use: 'which Services UDP ports lead to',
    onlyWhen: '--udp-services-configmap is given',
  },
  {
    askers: ['admission-webhook'],
    scope: 'ownNamespace',
    apiGroup: '',
    resource: 'secrets',
    verbs: ['get', 'update', 'watch'],
    namedByFlag: '--certificate-secret',
    use: 'the certificate authority and certificate of the webhook, that its replicas share',
  },
  {
    askers: ['admission-webhook'],
    scope: 'cluster',
    apiGroup: 'admissionregistration.k8s.io',
    resource: 'validatingwebhookconfigurations',
    verbs: ['get', 'patch', 'watch'],
    namedByFlag: '--webhook-configuration',
    use: 'telling the API server which certificate authority to believe',
  },
];

/** Every rule. With --watch-namespace those of namespaced resources can be granted in that namespace alone. */
export const permissions: readonly Permission[] = [...reading, ...writing, ...gate];

export const permissionsOf = (asker: Asker): readonly Permission[] =>
  permissions.filter(({ askers }) => askers.includes(asker));
