import { describe, it } from '@jest/globals';
import { outliveApiServer } from './api-server-outage.ts';
import { inClusterScene } from './cluster-scene.ts';
import { hold } from './fault-figure.ts';

describe('an API server that goes away', () => {
  it('takes no request with it, and what changes is live soon after its return', async () => {
    hold('api-server-outage', await inClusterScene(outliveApiServer, 10));
  }, 120_000);
});
