import { describe, it } from '@jest/globals';
import { inClusterScene } from './cluster-scene.ts';
import { hold } from './fault-figure.ts';
import { rollOut } from './rollouts.ts';

describe('Pods that take the place of others, as an API server tells of them', () => {
  it('lose no request', async () => hold('rollouts', await inClusterScene(rollOut, 4)), 120_000);
});
