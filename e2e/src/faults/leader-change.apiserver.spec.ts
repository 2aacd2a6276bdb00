import { describe, it } from '@jest/globals';
import { hold } from './fault-figure.ts';
import { changeLeader } from './leader-change.ts';

describe('replicas whose leader changes', () => {
  it('lose no request', async () => hold('leader-change', await changeLeader(1)), 150_000);
});
