export { admissionWebhookCommand } from './command.ts';
export { runAdmissionWebhook } from './run.ts';
export {
  serveAdmission,
  startAdmissionWebhook,
  type AdmissionWebhook,
  type AdmissionWebhookOptions,
  type ServeAdmissionOptions,
} from './start.ts';
export { sharedIdentity, type RotationSchedule, type SharedIdentityOptions } from './identity/shared-identity.ts';
export { fileIdentity, type FileIdentityOptions } from './identity/file-identity.ts';
