/**
 * Duty: the flags that say where the webhook's certificate comes from.
 */
import { text } from '@gatehouse/flags';

export const identityFlags = {
  'certificate-file': text({
    default: '',
    placeholder: 'FILE',
    summary: 'Certificate of the webhook (PEM, with what vouches for it behind), read again when it changes',
  }),
  'key-file': text({
    default: '',
    placeholder: 'FILE',
    summary: 'Private key (PEM) of the --certificate-file',
  }),
  'certificate-secret': text({
    default: '',
    placeholder: 'NAMESPACE/NAME',
    summary: 'Secret, made beforehand, that replicas share a certificate of their own making by, in place of files',
  }),
  'service-name': text({
    default: '',
    placeholder: 'NAME',
    summary:
      'Service that the API server reaches the webhook by: with the namespace of the Pod, what a certificate of our own is for',
  }),
  'webhook-configuration': text({
    default: '',
    placeholder: 'NAME',
    summary: 'ValidatingWebhookConfiguration whose caBundle is kept what clients have to trust',
  }),
};
