import { describe, expect, it } from '@jest/globals';
import { describeStart } from './describe-start.ts';

const start = { manifests: 'examples/cafe', address: '127.0.0.1', httpPort: 8080, httpsPort: 8443, webhookPort: 4321 };

describe('the words of gatehouse start', () => {
  it('say where everything listens and how it ends', () => {
    const words = describeStart(start);
    expect(words).toContain('Serving examples/cafe on http://127.0.0.1:8080 and https://127.0.0.1:8443.');
    expect(words).toContain('https://127.0.0.1:4321/validate');
    expect(words).toContain('Ctrl-C ends everything');
  });

  it('have the curl line that the README shows', () => {
    expect(describeStart(start)).toContain(
      '\n  curl --insecure --resolve cafe.example.com:8443:127.0.0.1 https://cafe.example.com:8443/tea\n',
    );
  });

  it('name the address and the ports that were chosen in every curl line', () => {
    const words = describeStart({ ...start, address: '127.0.0.9', httpPort: 81, httpsPort: 444 });
    const lines = words.split('\n').filter((line) => line.startsWith('  curl '));
    expect(lines).toHaveLength(5);
    for (const line of lines)
      expect(line).toMatch(/:(?:81|444):127\.0\.0\.9 https?:\/\/cafe\.example\.com:(?:81|444)\/|\/\/127\.0\.0\.9:81\//);
  });

  it('put an IPv6 address into brackets', () => {
    const words = describeStart({ ...start, address: '::1' });
    expect(words).toContain('http://[::1]:8080 and https://[::1]:8443');
    expect(words).toContain('--resolve cafe.example.com:8443:[::1] ');
  });
});
