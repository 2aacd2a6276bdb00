import { describe, it } from '@jest/globals';
import { hold } from './fault-figure.ts';
import { editRoutes } from './route-edits.ts';
import { inScene } from './scene.ts';

describe('routes that are edited', () => {
  it('lose no request', async () => hold('route-edits', await inScene(editRoutes, 30)));
});
