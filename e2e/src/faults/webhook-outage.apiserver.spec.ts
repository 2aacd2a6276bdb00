import { describe, it } from '@jest/globals';
import { inClusterScene } from './cluster-scene.ts';
import { hold } from './fault-figure.ts';
import { outliveWebhook } from './webhook-outage.ts';

describe('an admission webhook that goes away', () => {
  it('takes no request with it', async () => hold('webhook-outage', await inClusterScene(outliveWebhook, 3)), 120_000);
});
