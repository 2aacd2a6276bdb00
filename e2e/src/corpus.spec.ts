/**
 * Duty: that a verdict of the corpus is true on a real nginx. What is admitted is rendered, started and answers; what is
 * denied hurts nobody but itself when it comes in all the same, while the webhook is away.
 */
import { describeProblem, problemTable, type Problem } from '@gatehouse/core';
import type { RenderOptions } from '@gatehouse/nginx';
import { readCorpus, type CorpusCase, type CorpusObject } from '@gatehouse/testing/corpus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchesOf, keyOf, type BatchItem } from './corpus/batches.ts';
import { configureObjects, endpointsOn, storedObject, type ConfiguredObjects } from './corpus/configure-case.ts';
import { othersLines } from './corpus/others-lines.ts';
import { faultOf, questionFor } from './corpus/possible-answers.ts';
import { ask } from './harness/ask.ts';
import { makePlace, objectionTo, renderOptionsFor, startBareNginx, type NginxPlace } from './harness/bare-nginx.ts';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';
import { oneRule, serviceOnLoopback } from './harness/manifest-directory.ts';
import { inNamespace } from './injection/raw-objects.ts';

const corpus = readCorpus(join(import.meta.dirname, '../../libs/admission/corpus'));
const admitted = corpus.filter(({ verdict }) => verdict === 'admitted');
const denied = corpus.filter(({ verdict }) => verdict === 'denied');

const nameOf = ({ file, title }: CorpusCase): string => `${file}: ${title}`;

/** The hosts that objects bring, aliases among them; the catch-all, which is always there, only when somebody asks for it. */
function hostsOf(one: CorpusCase, objects: readonly CorpusObject[], options: RenderOptions): readonly string[] {
  const { model, served } = configureObjects(objects, one, options).resolution;
  const isCatchAll = served.some(
    ({ rules, defaultBackend }) => defaultBackend !== undefined || rules.some(({ host }) => host === ''),
  );
  return model.hosts.map(({ name }) => name).filter((name) => name !== '' || isCatchAll);
}

describe('what is admitted', () => {
  const backends: EchoBackend[] = [];
  let items: readonly BatchItem[];
  let place: NginxPlace;

  beforeAll(async () => {
    place = await makePlace();
    const options = renderOptionsFor(place);
    items = await Promise.all(
      admitted.map(async (one) => {
        const backend = await startEchoBackend({ name: nameOf(one) });
        backends.push(backend);
        const objects = [...one.world, storedObject(one)];
        return {
          one,
          objects: [...objects, ...endpointsOn(backend.port, objects)],
          hosts: hostsOf(one, objects, options),
        };
      }),
    );
  });
  afterAll(async () => {
    place.remove();
    await Promise.all(backends.map((backend) => backend.close()));
  });

  it('is rendered and started, and answers for itself', async () => {
    const faults: string[] = [];
    let asked = 0;
    for (const batch of batchesOf(items)) {
      const objects = [...new Map(batch.flatMap((item) => item.objects).map((each) => [keyOf(each), each])).values()];
      const own = await makePlace();
      const configured = configureObjects(objects, batch[0]?.one ?? { flags: [] }, renderOptionsFor(own));
      // What admission lets through, no later step may leave out.
      faults.push(...configured.bundle.problems.filter(isTold).map(describeProblem));
      expect(objection(own, configured)).toBeUndefined();
      const nginx = await startBareNginx(own, configured.text);
      try {
        for (const { one } of batch) {
          const found = await askFor(one, configured, own);
          asked += found.asked;
          faults.push(...found.faults.map((fault) => `${nameOf(one)}: ${fault}`));
        }
      } finally {
        await nginx.close();
      }
    }
    expect(faults).toEqual([]);
    expect(asked).toBeGreaterThan(admitted.length * 0.8);
  });
});

function isTold({ code }: Problem): boolean {
  return problemTable[code].admission !== 'silent';
}

/** What nginx objects to, and whose line that is; undefined when it takes the whole. */
function objection(place: NginxPlace, { bundle, text }: ConfiguredObjects): string | undefined {
  for (const [name, { pem }] of bundle.certificates) writeFileSync(join(place.directory, 'keys', name), pem);
  const said = objectionTo(place, text);
  const origin = bundle.originOfLine(Number(/\.conf:(\d+)/.exec(said ?? '')?.[1] ?? 0));
  return said === undefined ? undefined : `${said} ${JSON.stringify(origin)}`;
}

interface Asked {
  readonly asked: number;
  readonly faults: readonly string[];
}

/** More requests than this to one object would prove no more. */
const MOST_ASKED = 20;

/** Asks for the first routes of the object that is judged. */
async function askFor(one: CorpusCase, { resolution }: ConfiguredObjects, place: NginxPlace): Promise<Asked> {
  const { model } = resolution;
  const routes = model.hosts.flatMap((host) => host.routes.map((route) => ({ host, route })));
  const own = routes.filter(({ route: { origin } }) => {
    const { kind, namespace, name } = origin.object;
    return `${kind} ${namespace} ${name}` === keyOf(one.object);
  });
  const faults: string[] = [];
  for (const { host, route } of own.slice(0, MOST_ASKED)) {
    const question = questionFor(host, route);
    const fault = faultOf(await ask(place, question), { model, host, route, own: nameOf(one) });
    if (fault !== undefined) faults.push(`${question.ask}: ${fault}`);
  }
  return { asked: Math.min(own.length, MOST_ASKED), faults };
}

describe('what is denied, and comes in all the same', () => {
  const bystander = inNamespace('bystander', [
    ...serviceOnLoopback('web', 65_000),
    oneRule({ name: 'bystander', host: 'bystander.example.com', path: '/tea' }),
    oneRule({ name: 'wild', host: '*.bystander.example.com', tlsSecret: 'pair' }),
  ]) as readonly CorpusObject[];
  let place: NginxPlace;
  let options: RenderOptions;

  beforeAll(async () => {
    place = await makePlace();
    options = renderOptionsFor(place);
  });
  afterAll(() => place.remove());

  const objectsOf = (one: CorpusCase): readonly CorpusObject[] => {
    const around = [...one.world, ...bystander];
    return [...around, ...endpointsOn(65_000, one.world)];
  };

  // Who takes a path from a younger one wins by the rule of conflicts, which is why it is denied.
  const losers = denied.filter(
    ({ reasons }) => !reasons.some(({ code, field }) => code === 'PathConflict' && field === ''),
  );
  const ingresses = losers.filter(({ object }) => object['kind'] === 'Ingress');

  it.each(ingresses.map((one) => ({ name: nameOf(one), one })))('changes nobody else: $name', ({ one }) => {
    const around = objectsOf(one);
    const object = storedObject(one);
    const before = configureObjects(one.before === undefined ? around : [...around, one.before], one, options);
    const after = configureObjects([...around, object], one, options);
    const classes = one.world.filter(({ kind }) => kind === 'IngressClass');
    const forms = [one.before, object].filter((form) => form !== undefined);
    const ownHosts = new Set(forms.flatMap((form) => hostsOf(one, [...classes, form], options)));
    const isOwn = (key: string): boolean => key === keyOf(object);
    expect(othersLines(after, ownHosts, isOwn)).toEqual(othersLines(before, ownHosts, isOwn));
    expect(after.text).toContain('server_name bystander.example.com;');
  });

  it('is a configuration that nginx takes', () => {
    const items = denied.map((one) => ({ one, objects: [...objectsOf(one), storedObject(one)], hosts: [] }));
    for (const batch of batchesOf(items)) {
      const objects = [...new Map(batch.flatMap((item) => item.objects).map((each) => [keyOf(each), each])).values()];
      const configured = configureObjects(objects, batch[0]?.one ?? { flags: [] }, options);
      expect(objection(place, configured)).toBeUndefined();
    }
  });
});
