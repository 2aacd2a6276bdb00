export { connectionFlags } from './connection-flags.ts';
export { connectKubeApi, type ConnectOptions } from './connect/connect-kube-api.ts';
export type { FollowCounters } from './follow/follow-ports.ts';
export type { SourceKind } from './source/scopes.ts';
export { followKubeObjects } from './source/kube-follower.ts';
export { createKubeSource, type KubeSource, type KubeSourceOptions } from './source/kube-source.ts';
export { KubeApiError, type KubeApi, type KubeRequest } from './kube-api.ts';
export { permissionsOf, type Asker, type Permission } from './permissions.ts';
export { createLeaderElection, type LeaderElection, type LeaderElectionOptions } from './election/leader-election.ts';
export { createKubeStatusSink, type KubeStatusSinkOptions } from './status/status-sink.ts';
export { isStatusToBeCleared, type ShutdownFacts } from './publish/pods.ts';
export {
  createPublishAddresses,
  type PublishAddresses,
  type PublishAddressesOptions,
  type PublishSource,
} from './publish/publish-addresses.ts';
export { createKubeEventSink, type KubeEventSink, type KubeEventSinkOptions } from './events/event-sink.ts';
export {
  openCertificateStore,
  type CertificateStore,
  type CertificateStoreOptions,
} from './certificates/certificate-store.ts';
export type { SecretForm, SecretPlace } from './certificates/certificate-secret.ts';
export type { WebhookConfigurationForm } from './certificates/webhook-configuration.ts';
