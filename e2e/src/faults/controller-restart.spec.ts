import { describe, it } from '@jest/globals';
import { restartController } from './controller-restart.ts';
import { hold } from './fault-figure.ts';

describe('a controller that is killed', () => {
  it('takes no request with it, and goes on where it was when it is started again', async () =>
    hold('controller-restart', await restartController(3)));
});
