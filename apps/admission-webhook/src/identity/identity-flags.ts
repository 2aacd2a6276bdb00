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
};
