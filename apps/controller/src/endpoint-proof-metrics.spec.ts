import { describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import { RecordingLogger } from '@gatehouse/testing';
import { Registry } from 'prom-client';
import { tellEndpointProof } from './endpoint-proof-metrics.ts';

describe('what came of comparing endpoints', () => {
  it('is counted from 0, and told by the names of Services', async () => {
    const [registry, logger] = [new Registry(), new RecordingLogger()];
    const serviceOf = (upstream: string) => (upstream === 'known' ? objectKey('shop', 'tea') : undefined);
    const proof = tellEndpointProof(registry, { logger, serviceOf });
    expect(await registry.metrics()).toMatch(/drift_total 0\n[^]*timestamp_seconds 0\n/);
    proof.onDrift(3, ['known', 'gone']);
    proof.onCompared(5000);
    expect(await registry.metrics()).toMatch(/drift_total 3\n[^]*timestamp_seconds 5\n/);
    expect(logger.entries.map(({ data }) => data['service'])).toEqual(['shop/tea', undefined]);
  });
});
