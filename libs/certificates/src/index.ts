export { issueServing, makeAuthority, type AuthorityRequest, type ServingRequest } from './authority.ts';
export type { CertificateAndKey } from './issue-certificate.ts';
export { makeSelfSignedCertificate, type SelfSignedRequest } from './self-signed.ts';
export { validityOf, type Validity } from './rotation/validity.ts';
