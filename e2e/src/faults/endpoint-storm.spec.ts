import { describe, it } from '@jest/globals';
import { testedCapabilities } from '../harness/bare-nginx.ts';
import { changeEndpoints } from './endpoint-storm.ts';
import { hold } from './fault-figure.ts';
import { inScene } from './scene.ts';

const isByDns = testedCapabilities().upstreamResolve;

// A directory does not tell endpoints from other changes, which an older nginx is reloaded for sooner.
(isByDns ? describe : describe.skip)('a storm of endpoints, by DNS (nginx 1.27.3 or newer)', () => {
  it('loses no request, is followed, and costs no reload', async () => {
    hold('endpoint-storm', await inScene(changeEndpoints, 20));
  }, 120_000);
});
