export { admissionWebhookCommand } from './command.ts';
export { runAdmissionWebhook } from './run.ts';
export {
  serveAdmission,
  startAdmissionWebhook,
  type AdmissionWebhook,
  type AdmissionWebhookOptions,
  type ServeAdmissionOptions,
} from './start.ts';
export { sharedIdentity, type SharedIdentityOptions } from './identity/shared-identity.ts';
