export { issueServing, makeAuthority, type AuthorityRequest, type ServingRequest } from './authority.ts';
export type { CertificateAndKey } from './issue-certificate.ts';
export { makeSelfSignedCertificate, type SelfSignedRequest } from './self-signed.ts';
export { performRotation, type RotationOrder } from './rotation/perform-rotation.ts';
export { planRotation, type RotationFacts, type RotationStep, type RotationWrite } from './rotation/plan-rotation.ts';
export {
  readSharedCertificates,
  renderBundle,
  type SharedCertificates,
  type SharedReading,
} from './rotation/shared-certificates.ts';
export { validityOf, type Validity } from './rotation/validity.ts';
export type { ServedNames } from './serving-extensions.ts';
