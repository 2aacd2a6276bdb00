import { describe, it } from '@jest/globals';
import { inClusterScene } from './cluster-scene.ts';
import { changeEndpoints } from './endpoint-storm.ts';
import { hold } from './fault-figure.ts';

describe('a storm of endpoints, as an API server tells of it', () => {
  it('loses no request, is followed, and costs no more than a reload a second', async () => {
    hold('endpoint-storm', await inClusterScene(changeEndpoints, 20));
  }, 120_000);
});
