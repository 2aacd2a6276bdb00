/**
 * Duty: the flags of every program that asks an API server.
 */
import { text } from '@gatehouse/flags';

/** To be spread into the table of a command. Without any, a Pod finds the server of its own cluster. */
export const connectionFlags = {
  'apiserver-host': text({
    default: '',
    placeholder: 'URL',
    summary: 'Address of the API server, when it is neither that of the own cluster nor that of the kubeconfig',
  }),
  kubeconfig: text({
    default: '',
    placeholder: 'FILE',
    summary: 'Kubeconfig whose current context says how the API server is reached',
  }),
  'certificate-authority': text({
    default: '',
    placeholder: 'FILE',
    summary: 'Certificates (PEM) that may have signed that of the --apiserver-host',
  }),
};
