import { describe, expect, it } from '@jest/globals';
import type { StatusAddress } from '@gatehouse/kube-model';
import {
  anIngress,
  FakeClock,
  FakeNginx,
  RecordingLogger,
  resolveObjects,
  settle,
  snapshotOf,
} from '@gatehouse/testing';
import { createPipeline } from './pipeline.ts';

const ADDRESSES = [{ ip: '192.0.2.1' }];

/** A pipeline that serves one Ingress that names the addresses and one that does not, with a sink that a test ends. */
function aPipeline() {
  const { resolution } = resolveObjects([]);
  const served = [anIngress({ name: 'a', statusAddresses: ADDRESSES }), anIngress({ name: 'b' })];
  const written: string[] = [];
  let end: () => void = () => {};
  let onChange: () => void = () => {};
  const clock = new FakeClock();
  const pipeline = createPipeline({
    nginx: new FakeNginx(),
    clock,
    logger: new RecordingLogger(),
    source: {
      start: async (listener) => void (onChange = listener),
      snapshot: () => snapshotOf(served),
      stop: async () => {},
    },
    events: { record: () => {} },
    jitter: () => 0,
    resolve: () => ({ ...resolution, served }),
    render: () => ({
      digest: '1',
      told: new Map(),
      files: new Map(),
      certificates: new Map(),
      certificateLinks: new Map(),
      linksDigest: '',
      problems: [],
      reloadCauses: [],
      originOfLine: () => undefined,
    }),
    status: {
      addresses: () => ADDRESSES,
      sink: {
        write: ({ ref }, addresses: readonly StatusAddress[]) => {
          written.push(`${ref.name}: ${addresses.map(({ ip }) => ip).join(' ')}`);
          return new Promise((resolve) => (end = resolve));
        },
      },
    },
  });
  const change = async () => {
    onChange();
    await clock.advance(10_000);
  };
  const endWrite = async () => {
    end();
    await settle();
  };
  return { pipeline, written, change, endWrite };
}

describe('the status at the end', () => {
  it('is emptied where it is not empty, and no address is written any more', async () => {
    const { pipeline, written, change, endWrite } = aPipeline();
    await pipeline.start();
    await settle();
    await endWrite();
    expect(written).toEqual(['b: 192.0.2.1']);
    let isCleared = false;
    const clearing = pipeline.clearStatus().then(() => (isCleared = true));
    await settle();
    expect([written.at(-1), isCleared]).toEqual(['a: ', false]);
    await endWrite();
    await clearing;
    await change();
    pipeline.refreshStatus();
    await settle();
    expect(written).toHaveLength(2);
  });
});
