import { describe, it } from '@jest/globals';
import { hold } from './fault-figure.ts';
import { rollOut } from './rollouts.ts';
import { inScene } from './scene.ts';

describe('Pods that take the place of others', () => {
  it('lose no request', async () => hold('rollouts', await inScene(rollOut, 4)));
});
