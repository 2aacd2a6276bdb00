export { makeSelfSignedCertificate, type CertificateAndKey, type SelfSignedRequest } from './self-signed.ts';
