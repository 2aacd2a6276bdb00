import { describe, expect, it } from '@jest/globals';
import type { AnyObject, StatusAddress } from '@gatehouse/kube-model';
import {
  aBundle,
  anIngress,
  FakeClock,
  FakeNginx,
  RecordingLogger,
  resolveObjects,
  settle,
  snapshotOf,
} from '@gatehouse/testing';
import { createPipeline, type PipelineOptions } from './pipeline.ts';
import type { EventRecord } from './ports.ts';

const { resolution } = resolveObjects([]);

/** A pipeline over objects of which every Ingress is served, by a configuration that says `text`. */
function aWorld(more: Partial<PipelineOptions> = {}) {
  const [clock, nginx] = [new FakeClock(), new FakeNginx()];
  const events: EventRecord[] = [];
  const state: { objects: readonly AnyObject[]; text: string } = { objects: [anIngress()], text: '# one' };
  let onChange = (): void => undefined;
  const pipeline = createPipeline({
    source: {
      start: async (listener) => void (onChange = listener),
      snapshot: () => snapshotOf(state.objects),
      stop: async () => undefined,
    },
    nginx,
    clock,
    logger: new RecordingLogger(),
    events: { record: (event) => events.push(event) },
    jitter: () => 0,
    resolve: (snapshot) => ({ ...resolution, served: [...snapshot.ingresses.values()] }),
    render: () => aBundle({ answer: state.text }),
    ...more,
  });
  const change = async (text: string): Promise<void> => {
    state.text = text;
    onChange();
    await clock.advance(1000);
  };
  const begin = async (): Promise<void> => {
    await pipeline.start();
    await settle();
  };
  return { pipeline, nginx, events, begin, change };
}

describe('what a pipeline tells', () => {
  it('is the statuses again when the addresses come to be known or change, and nothing when they are not ours', async () => {
    const written: string[] = [];
    let addresses: readonly StatusAddress[] | undefined;
    const { pipeline, nginx, begin } = aWorld({
      status: {
        sink: { write: async ({ ref }, wanted) => void written.push(`${ref.name} ${wanted[0]?.ip ?? 'nowhere'}`) },
        addresses: () => addresses,
      },
    });
    pipeline.refreshStatus();
    await begin();
    pipeline.refreshStatus();
    await settle();
    expect(written).toEqual([]);
    for (const ip of ['192.0.2.1', '192.0.2.2', undefined]) {
      addresses = ip === undefined ? undefined : [{ ip }];
      pipeline.refreshStatus();
      await settle();
    }
    expect(written).toEqual(['cafe 192.0.2.1', 'cafe 192.0.2.2']);
    expect(nginx.applyCalls).toBe(1);
  });

  it('is once what is wrong whatever the objects are, to whom it is wrong with', async () => {
    const pod = { kind: 'Pod', namespace: 'gatehouse', name: 'controller-0' } as const;
    const lasting = { code: 'EndpointsNeedReloads', object: pod, field: '', message: 'nginx is too old' } as const;
    const rounds: number[] = [];
    const { events, begin, change } = aWorld({
      lastingProblems: [lasting],
      onRound: ({ problems }) => rounds.push(problems.filter(({ code }) => code === lasting.code).length),
    });
    await begin();
    await change('# two');
    const told = events.filter(({ reason }) => reason === 'EndpointsNeedReloads');
    expect(told).toEqual([expect.objectContaining({ type: 'Warning', message: 'nginx is too old', object: pod })]);
    expect(rounds).toEqual([1, 1]);
  });

  it('is each reload, to the Pod, and what nginx refuses altogether', async () => {
    const pod = { kind: 'Pod', namespace: 'edge', name: 'p-0' } as const;
    const { nginx, events, begin, change } = aWorld({ pod });
    await begin();
    await change('# one');
    await change('# two');
    nginx.objection = () => ({ message: 'no space left' });
    await change('# three');
    expect(events.filter(({ object }) => object.kind === 'Pod')).toEqual([
      {
        type: 'Normal',
        reason: 'RELOAD',
        object: pod,
        message: 'NGINX reload triggered due to a change in configuration',
      },
      { type: 'Normal', reason: 'RELOAD', object: pod, message: expect.any(String) },
      { type: 'Warning', reason: 'RELOAD', object: pod, message: 'nginx refused the configuration: no space left' },
    ]);
  });
});
