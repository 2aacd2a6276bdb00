import { describe, expect, it } from '@jest/globals';
import { runWithCluster, type ClusterSteps } from './lifecycle.ts';

interface Run {
  readonly passed: boolean;
  readonly log: readonly string[];
}

async function run(changed: Partial<ClusterSteps<string>> = {}, signal = new AbortController().signal): Promise<Run> {
  const log: string[] = [];
  const steps: ClusterSteps<string> = {
    prepare: async (known) => known('it'),
    test: async () => true,
    diagnose: async (cluster) => void log.push(`diagnose ${cluster}`),
    remove: async () => void log.push('remove'),
    complain: (error) => log.push(String(error)),
    ...changed,
  };
  return { passed: await runWithCluster(steps, signal), log };
}

const leave = (): void => undefined;
const fail = async (): Promise<never> => {
  throw new Error('no');
};

describe('a run with a cluster', () => {
  it('removes the cluster when all passed', async () => {
    expect(await run()).toEqual({ passed: true, log: ['remove'] });
  });

  it('looks at the cluster before it removes it when a test failed', async () => {
    expect(await run({ test: async () => false })).toEqual({ passed: false, log: ['diagnose it', 'remove'] });
  });

  it('removes what there is when the cluster could not be made', async () => {
    expect(await run({ prepare: fail })).toEqual({ passed: false, log: ['Error: no', 'remove'] });
  });

  it('looks at a cluster that was made but could not be filled', async () => {
    const prepare: ClusterSteps<string>['prepare'] = async (known) => {
      known('it');
      await fail();
    };
    expect((await run({ prepare })).log).toEqual(['Error: no', 'diagnose it', 'remove']);
  });

  it('removes the cluster even when looking at it fails', async () => {
    const log: string[] = [];
    const remove = async (): Promise<void> => void log.push('remove');
    await expect(run({ test: async () => false, diagnose: fail, remove })).rejects.toThrow('no');
    expect(log).toEqual(['remove']);
  });

  it('leaves the cluster when that is asked for, after a failure too', async () => {
    expect(await run({ leave })).toEqual({ passed: true, log: [] });
    expect(await run({ leave, test: async () => false })).toEqual({ passed: false, log: ['diagnose it'] });
  });

  it('removes what cannot be left, since it never came to be', async () => {
    expect((await run({ leave, prepare: fail })).log).toEqual(['Error: no', 'remove']);
  });

  it('removes the cluster at once after an interrupt, and has not passed', async () => {
    const interrupt = new AbortController();
    const test = async (): Promise<boolean> => {
      interrupt.abort();
      return fail();
    };
    expect(await run({ test }, interrupt.signal)).toEqual({ passed: false, log: ['remove'] });
  });
});
