import { describe, expect, it } from '@jest/globals';
import { explainFirstFault } from './explain-fault.ts';

const https = [{ address: '0.0.0.0', port: 443 }];

describe('the first fault of a start', () => {
  it.each([
    [
      'nginx could not start: bind() to 0.0.0.0:80 failed (98: Address already in use)',
      '--http-port: nginx cannot listen on 0.0.0.0:80: address already in use',
    ],
    [
      'nginx -t failed: bind() to [::]:443 failed (13: Permission denied)',
      '--https-port: nginx cannot listen on [::]:443: permission denied; ports below 1024 are for root',
    ],
    [
      'nginx -t failed: bind() to 192.0.2.1:80 failed (99: Cannot assign requested address)',
      '--listen-address: nginx cannot listen on 192.0.2.1:80: cannot assign requested address',
    ],
    [
      'nginx -t failed: bind() to 127.0.0.1:10246 failed (98: Address already in use)',
      '--status-port: nginx cannot listen on 127.0.0.1:10246: address already in use',
    ],
    ['no space left', 'nginx does not start: no space left'],
  ])('%j is told as %j', (words, sentence) => {
    const cause = new Error(words);
    expect(explainFirstFault(cause, { https, statusPort: 10_246 })).toMatchObject({
      message: sentence,
      exitCode: 1,
      cause,
    });
  });
});
