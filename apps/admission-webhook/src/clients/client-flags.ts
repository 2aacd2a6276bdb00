/**
 * Duty: the flags that say who may ask.
 */
import { text, texts } from '@gatehouse/flags';

export const clientFlags = {
  'client-ca-file': text({
    default: '',
    placeholder: 'FILE',
    summary:
      'Answer only clients with a certificate of one of these authorities (PEM), read again when it changes; everybody when left out',
  }),
  'client-names': texts({
    default: [],
    placeholder: 'NAME',
    summary:
      'With --client-ca-file: common names or DNS names of the clients that are answered; all that an authority vouches for when left out',
  }),
};
