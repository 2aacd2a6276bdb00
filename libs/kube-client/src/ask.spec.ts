import { describe, expect, it } from '@jest/globals';
import { FakeClock, settle } from '@gatehouse/testing';
import { ask } from './ask.ts';
import { KubeApiError, type KubeApi } from './kube-api.ts';

const busy: Pick<KubeApi, 'send'> = {
  send: () => Promise.reject(new KubeApiError('busy', { status: 503, retryAfterMs: 30_000 })),
};
const api: KubeApi = {
  ...busy,
  stream: () => Promise.reject(new Error('unused')),
  close: () => Promise.resolve(),
};

describe('asking a busy server', () => {
  it('waits no longer as soon as it is given up', async () => {
    const giveUp = new AbortController();
    let ended: unknown;
    void ask({ api, clock: new FakeClock() }, { path: '/', signal: giveUp.signal }).catch(
      (error: unknown) => (ended = error),
    );
    await settle();
    expect(ended).toBeUndefined();
    giveUp.abort();
    await settle();
    expect(ended).toMatchObject({ status: 503 });
  });
});
