export { admissionWebhookCommand } from './command.ts';
export { runAdmissionWebhook } from './run.ts';
export {
  serveAdmission,
  startAdmissionWebhook,
  type AdmissionWebhook,
  type AdmissionWebhookOptions,
  type ServeAdmissionOptions,
} from './start.ts';
