import { describe, expect, it } from '@jest/globals';
import { closeWithGrace } from './close-with-grace.ts';

function aPart() {
  const graces: (number | undefined)[] = [];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const close = async (graceMs?: number) => {
    graces.push(graceMs);
    if (graceMs === 0) resolve(undefined);
    await promise;
  };
  return { graces, close, finish: () => resolve(undefined) };
}

describe('closing with grace', () => {
  it('gives the requests their time', async () => {
    const { graces, close, finish } = aPart();
    const cutOff = new AbortController();
    const closing = closeWithGrace(close, 500, cutOff.signal);
    finish();
    await closing;
    cutOff.abort();
    expect(graces).toEqual([500]);
  });

  it('cuts them off when told so meanwhile', async () => {
    const { graces, close } = aPart();
    const cutOff = new AbortController();
    const closing = closeWithGrace(close, 500, cutOff.signal);
    cutOff.abort();
    await closing;
    expect(graces).toEqual([500, 0]);
  });

  it('gives none when told so before', async () => {
    const { graces, close } = aPart();
    await closeWithGrace(close, 500, AbortSignal.abort());
    expect(graces).toEqual([0]);
  });
});
