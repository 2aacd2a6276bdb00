export { askPort, type PortAnswer, type PortRequest } from './ask-port.ts';
export { makeCertificate, makeUnusualCertificate, type CertificatePair, type CertificateShape } from './certificate.ts';
export {
  answerStatus,
  FakeApiServer,
  type Answerer,
  type Ask,
  type KubeJson,
  type WatchLine,
} from './fake-api-server.ts';
export { FakeClock, settle } from './fake-clock.ts';
export { FakeNginx, type Objection } from './fake-nginx.ts';
export {
  aConfigMap,
  aNamespace,
  aSecret,
  aService,
  aTlsSecret,
  anEndpointSlice,
  anIngress,
  anIngressClass,
  snapshotOf,
  type BackendShape,
  type EndpointSliceShape,
  type IngressShape,
  type RuleShape,
  type SecretShape,
  type ServiceShape,
} from './objects.ts';
export {
  configMapJson,
  endpointSliceJson,
  ingressClassJson,
  ingressJson,
  namespaceJson,
  secretJson,
  serviceJson,
} from './kube-json.ts';
export { livingProcesses, masterIn, processWithChildren, workersIn } from './living-processes.ts';
export { makeNginxSandbox, type NginxSandbox } from './nginx-sandbox.ts';
export { oddIngresses, oddIngressJson } from './odd-ingress.ts';
export { aBundle, type PlainBundleShape } from './plain-bundle.ts';
export { connectRaw, connectRawTls, type RawClient } from './raw-client.ts';
export { RecordingLogger, type LogEntry } from './recording-logger.ts';
export {
  type RouteShape,
  aBackend,
  aFallback,
  aHost,
  aModel,
  aModelCertificate,
  aPolicy,
  aRoute,
  aStream,
  anOrigin,
  someClients,
  someSettings,
} from './model.ts';
export { nginx122, nginx130, someRenderOptions } from './render-options.ts';
export { argsOf, lexed, locationIn, locationsOf, serversIn } from './nginx-tree.ts';
export { goldenText } from './golden.ts';
export { matchesRequest, type Answer } from './matches-request.ts';
export { resolveObjects, type ResolvedObjects } from './resolve-objects.ts';
export {
  runSourceScenario,
  secretsOfTls,
  type ScenarioRun,
  type ScenarioServer,
  type ScenarioSource,
} from './run-source-scenario.ts';
export { SCENARIO_CONFIG_MAP, sourceScenarios, type SourceScenario, type SourceWorld } from './source-scenarios.ts';
export { systemClock } from './system-clock.ts';
export { expectFresh, freshSnapshot } from './fresh-snapshot.ts';
export { isListOf, isWatchOf, SourceTrial, type CountingSource, type TrialOptions } from './source-trial.ts';
export { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
export { slowBackend, type SlowBackend } from './slow-backend.ts';
export { until } from './until.ts';
export { freePort } from './free-port.ts';
export { apiServerAssets, startApiServer, type ApiServer, type ApiServerOptions } from './api-server.ts';
export { FakeCertificateStore } from './fake-certificate-store.ts';
