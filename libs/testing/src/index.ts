export { makeCertificate, type CertificatePair, type CertificateShape } from './certificate.ts';
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
