/**
 * Duty: what the dearest candidates cost that anybody may send, each ten times as large as its smaller like, so that it is
 * seen how the cost grows. Nothing was promised of them.
 */
import type { KubeApi } from '@gatehouse/kube-client';
import { create, inParallel, namespaceOf, range, service, type PlainObject } from '../cluster/objects.ts';
import { median, spread, type Measured } from '../figure.ts';
import type { Asker } from './asker.ts';
import { gateIngress } from './gate-world.ts';
import { prepareReview } from './reviews.ts';

const FEW = 100;
const MANY = 1000;
const TIMES = 40;
/** By when the gate has seen what was made for it. */
const SEEN_AFTER_MS = 2000;
const namespace = namespaceOf(0);

/** At the end of a world of 10,000 applications, whose hosts all end in `example.com`. */
export async function* measureWorstCases(api: KubeApi, asker: Asker): AsyncIterable<Measured> {
  await makeCrowds(api);
  yield await compare(api, asker, {
    name: `a review of a new path on a host that ${MANY} Ingresses share`,
    smaller: onCrowdedHost(FEW),
    larger: onCrowdedHost(MANY),
  });
  yield await compare(api, asker, {
    name: `a review of an Ingress with ${MANY} paths`,
    smaller: withPaths(FEW),
    larger: withPaths(MANY),
  });
  yield await compare(api, asker, {
    name: 'a review of *.example.com, with 11,000 hosts under it',
    smaller: wildcard('*.example.net'),
    larger: wildcard('*.example.com'),
  });
}

interface Comparison {
  readonly name: string;
  readonly smaller: PlainObject;
  readonly larger: PlainObject;
}

async function compare(api: KubeApi, asker: Asker, { name, smaller, larger }: Comparison): Promise<Measured> {
  const before = await timesOf(api, asker, smaller);
  const times = await timesOf(api, asker, larger);
  const note = `${spread(times)}; a tenth of it: ${median(before).toFixed(1)} ms`;
  return { name: `${name}, median`, unit: 'ms', measured: median(times), note };
}

async function timesOf(api: KubeApi, asker: Asker, object: PlainObject): Promise<readonly number[]> {
  const review = await prepareReview(api, { operation: 'CREATE', object, allowed: true });
  const times: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const beganMs = performance.now();
    await asker.ask(review);
    times.push(performance.now() - beganMs);
  }
  return times;
}

const crowdedHost = (size: number): string => `crowd-of-${size}.example.org`;

/** A host that many Ingresses share, one that ten times as many do, and 1,100 hosts under `*.example.net`. */
async function makeCrowds(api: KubeApi): Promise<void> {
  await create(api, service('crowd', namespace));
  const words = { namespace, service: 'crowd' };
  for (const size of [FEW, MANY]) {
    await inParallel(range(0, size), (index) => {
      const rules = [{ host: crowdedHost(size), paths: [`/${index}`] }];
      return create(api, gateIngress({ ...words, name: `crowd-of-${size}-${index}`, rules }));
    });
  }
  await inParallel(range(0, 11), (part) => {
    const rules = range(0, 100).map((index) => ({ host: `host-${part}-${index}.example.net`, paths: ['/'] }));
    return create(api, gateIngress({ ...words, name: `many-hosts-${part}`, rules }));
  });
  await new Promise((resolve) => setTimeout(resolve, SEEN_AFTER_MS));
}

function candidate(rules: readonly { readonly host: string; readonly paths: readonly string[] }[]): PlainObject {
  return gateIngress({ name: 'dear', namespace, service: 'crowd', rules });
}

const onCrowdedHost = (size: number): PlainObject => candidate([{ host: crowdedHost(size), paths: ['/new'] }]);
const withPaths = (count: number): PlainObject =>
  candidate([{ host: 'paths.example.org', paths: range(0, count).map((index) => `/path/${index}`) }]);
const wildcard = (host: string): PlainObject => candidate([{ host, paths: ['/'] }]);
