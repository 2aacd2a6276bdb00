import { parseObject, type AnyObject, type Ingress } from '@gatehouse/kube-model';
import { defaultRoutingOptions } from '@gatehouse/routing';
import { anIngress, anIngressClass, aService, anEndpointSlice, snapshotOf } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseReview, type AdmissionRequest } from './parse-review.ts';
import { renderAnswer } from './render-answer.ts';
import { createReviewer } from './reviewer.ts';
import { AdmissionIndex } from './admission-index.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const world: readonly AnyObject[] = [anIngressClass(), aService(), anEndpointSlice()];

interface Shape {
  readonly name?: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly created?: string;
  readonly className?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** `host/path` in short. */
  readonly at?: readonly string[];
  /** Hosts of spec.tls with the Secret `own`. */
  readonly tls?: readonly string[];
  readonly hasDefaultBackend?: boolean;
}

/** An Ingress as the API server sends it, served at `cafe.example.com/` unless said otherwise. */
function json({
  name = 'cafe',
  namespace = 'default',
  className = 'nginx',
  at = ['cafe.example.com/'],
  ...more
}: Shape = {}) {
  const backend = { service: { name: 'tea-svc', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      namespace,
      ...(more.generateName === undefined ? { name } : { generateName: more.generateName }),
      ...(more.created === undefined ? {} : { creationTimestamp: more.created }),
      annotations: more.annotations ?? {},
    },
    spec: {
      ingressClassName: className,
      ...(more.hasDefaultBackend === true || at.length === 0 ? { defaultBackend: backend } : {}),
      ...(more.tls === undefined ? {} : { tls: [{ hosts: more.tls, secretName: name }] }),
      rules: at.map((place) => ({
        host: place.slice(0, place.indexOf('/')),
        http: { paths: [{ path: place.slice(place.indexOf('/')), pathType: 'Prefix', backend }] },
      })),
    },
  };
}

function stored(shape: Shape): Ingress {
  const reading = parseObject(json(shape));
  return reading.kind === 'ours' ? (reading.objects[0] as Ingress) : anIngress();
}

function requestOf(shape: Record<string, unknown>): AdmissionRequest {
  const request = { uid: 'u1', kind: { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' }, ...shape };
  const parsed = parseReview({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const indexOf = (objects: readonly AnyObject[]): AdmissionIndex =>
  AdmissionIndex.of(snapshotOf(objects), defaultRoutingOptions);

function review(shape: Record<string, unknown>, index: AdmissionIndex = indexOf(world)) {
  const reviewed = createReviewer(defaultRoutingOptions).review(requestOf(shape), { index, nowMs: NOW_MS });
  if (!reviewed.ok) throw new Error(reviewed.error);
  const { denials, warnings } = reviewed.value;
  const { allowed, status } = renderAnswer('u1', reviewed.value).response;
  return {
    allowed,
    denied: denials.map(({ code }) => code),
    warned: warnings.map(({ code }) => code),
    message: status?.message ?? '',
  };
}

const create = (object: unknown, index?: AdmissionIndex) =>
  review({ operation: 'CREATE', object, oldObject: null }, index);
const update = (oldObject: unknown, object: unknown, index?: AdmissionIndex) =>
  review({ operation: 'UPDATE', object, oldObject }, index);
const allowed = { allowed: true, denied: [], warned: [] };

describe('creating an Ingress', () => {
  it('is allowed in silence when nothing is wrong', () => {
    expect(create(json())).toMatchObject(allowed);
  });

  it('is denied with every reason, each with its field and code', () => {
    const { allowed: isAllowed, message } = create(json({ at: ['10.0.0.1/', 'Bad_Host/', 'ok.example.com//x/../y'] }));
    expect(isAllowed).toBe(false);
    expect(message).toMatch(/^3 reasons:\n/);
    expect(message).toMatch(/^spec\.rules\[0\]\.host: .*10\.0\.0\.1.* \(HostIsIpAddress, docs.*\)$/m);
    expect(message).toMatch(/^spec\.rules\[1\]\.host: .*Bad_Host.* \(HostInvalid, docs.*\)$/m);
    expect(message).toMatch(/^spec\.rules\[2\]\.http\.paths\[0\]\.path: .* \(PathInvalid, docs.*\)$/m);
  });

  it('is denied when an older Ingress of any namespace has its host and path, and names it', () => {
    const other = stored({ namespace: 'other', name: 'first', created: '2020-01-01T00:00:00Z' });
    const { denied, message } = create(json({ created: '2025-12-31T23:59:59Z' }), indexOf([...world, other]));
    expect(denied).toEqual(['PathConflict']);
    expect(message).toContain('Ingress other/first');
  });

  it('counts as the youngest when the API server gave it no time of creation', () => {
    const other = stored({ namespace: 'zzz', name: 'zzz', created: '2025-12-31T23:59:59Z' });
    const { denied, message } = create(json(), indexOf([...world, other]));
    expect(denied).toEqual(['PathConflict']);
    expect(message).toContain('belongs to Ingress zzz/zzz');
    expect(message).not.toContain('would lose it');
  });

  it('is judged in full although a watch that lags still shows an object of that name', () => {
    const gone = stored({ at: ['10.0.0.1/'] });
    expect(create(json({ at: ['10.0.0.1/'] }), indexOf([...world, gone])).denied).toEqual(['HostIsIpAddress']);
  });

  it('only warns when it takes requests from what another namespace has', () => {
    const wild = stored({ namespace: 'other', name: 'wild', at: ['*.example.com/'] });
    const under = stored({ namespace: 'other', name: 'under', at: ['cafe.example.com/', 'tea.example.com/'] });
    expect(create(json(), indexOf([...world, wild]))).toMatchObject({ allowed: true, warned: ['HostOverlap'] });
    const deeper = create(json({ at: ['cafe.example.com/tea'] }), indexOf([...world, under]));
    expect(deeper).toMatchObject({ allowed: true, warned: ['HostOverlap'] });
    const wilder = create(json({ at: ['*.example.com/'] }), indexOf([...world, under]));
    expect(wilder).toMatchObject({ allowed: true, warned: ['HostOverlap'] });
  });

  it('only warns when the table of problems says so', () => {
    expect(create(json(), indexOf([anIngressClass()]))).toMatchObject({ allowed: true, warned: ['ServiceMissing'] });
  });

  it('works for an object that has no name yet', () => {
    expect(create(json({ generateName: 'cafe-' }))).toMatchObject(allowed);
    expect(create(json({ generateName: 'cafe-', at: ['10.0.0.1/'] })).denied).toEqual(['HostIsIpAddress']);
  });

  it('of the retired form that a server may still send is judged as well', () => {
    const v1beta1 = {
      apiVersion: 'extensions/v1beta1',
      kind: 'Ingress',
      metadata: { name: 'cafe', namespace: 'default' },
      spec: {
        ingressClassName: 'nginx',
        rules: [
          { host: '10.0.0.1', http: { paths: [{ path: '/', backend: { serviceName: 'tea-svc', servicePort: 80 } }] } },
        ],
      },
    };
    const kind = { group: 'extensions', version: 'v1beta1', kind: 'Ingress' };
    expect(review({ operation: 'CREATE', kind, object: v1beta1 }).denied).toEqual(['HostIsIpAddress']);
  });
});

describe('updating an Ingress', () => {
  it('is denied for what it makes worse, and only that', () => {
    const result = update(json({ at: ['10.0.0.1/'] }), json({ at: ['10.0.0.1/', '10.0.0.2/'] }));
    expect(result).toMatchObject({ allowed: false, denied: ['HostIsIpAddress'], warned: ['HostIsIpAddress'] });
    expect(result.message).toContain('10.0.0.2');
    expect(result.message).not.toContain('10.0.0.1');
  });

  it('is allowed with a warning when what is wrong was wrong before, even at another place', () => {
    const [before, after] = [json({ at: ['10.0.0.1/'] }), json({ at: ['cafe.example.com/', '10.0.0.1/'] })];
    expect(update(before, after)).toMatchObject({ allowed: true, warned: ['HostIsIpAddress'] });
  });

  it('is allowed when it makes all good', () => {
    expect(update(json({ at: ['10.0.0.1/'] }), json())).toMatchObject(allowed);
  });

  it('is judged by its old form in the request, not by what the watch has seen so far', () => {
    const lagging = indexOf([...world, stored({ at: ['cafe.example.com/'] })]);
    const [before, after] = [json({ at: ['10.0.0.1/'] }), json({ at: ['10.0.0.1/', 'x.example.com/'] })];
    expect(update(before, after, lagging).allowed).toBe(true);
  });

  it('is denied when it would take a path from a younger Ingress', () => {
    const old = { created: '2020-01-01T00:00:00Z' };
    const younger = stored({
      namespace: 'shop',
      name: 'young',
      created: '2024-01-01T00:00:00Z',
      at: ['shop.example.com/pay'],
    });
    const index = indexOf([...world, stored(old), younger]);
    const result = update(json(old), json({ ...old, at: ['cafe.example.com/', 'shop.example.com/pay'] }), index);
    expect(result.denied).toEqual(['PathConflict']);
    expect(result.message).toContain('Ingress shop/young has this already and would lose it');
  });

  it('says nothing to the owner of a path about a younger Ingress that asked for it in vain', () => {
    const old = { created: '2020-01-01T00:00:00Z' };
    const loser = stored({ namespace: 'shop', name: 'young', created: '2024-01-01T00:00:00Z' });
    const index = indexOf([...world, stored(old), loser]);
    expect(update(json(old), json({ ...old, annotations: { note: 'changed' } }), index)).toMatchObject(allowed);
  });

  it('of an object that is being deleted passes as its finalizers go, and is judged for what it makes worse', () => {
    const ending = (shape: Shape, finalizers: readonly string[]) => {
      const object = json(shape);
      const deletionTimestamp = '2025-12-31T23:59:59Z';
      return { ...object, metadata: { ...object.metadata, deletionTimestamp, finalizers } };
    };
    const bad = { at: ['10.0.0.1/'] };
    expect(update(ending(bad, ['example.com/x']), ending(bad, []))).toMatchObject({ allowed: true });
    expect(update(ending({}, ['example.com/x']), ending(bad, ['example.com/x'])).denied).toEqual(['HostIsIpAddress']);
  });

  it('from a bad value to another bad value is denied, for it was written anew', () => {
    const [before, after] = [json({ at: ['10.0.0.1/'] }), json({ at: ['10.0.0.2/'] })];
    expect(update(before, after).denied).toEqual(['HostIsIpAddress']);
  });

  it('that mends one of two mistakes is allowed, with a warning of the other', () => {
    const [before, after] = [json({ at: ['10.0.0.1/', 'A_B/'] }), json({ at: ['A_B/'] })];
    expect(update(before, after)).toMatchObject({ allowed: true, warned: ['HostInvalid'] });
  });

  it('out of our class passes, whatever it takes along', () => {
    const foreign = indexOf([...world, anIngressClass({ name: 'other', controller: 'example.com/other' })]);
    const after = json({ className: 'other', at: ['10.0.0.1/', 'A_B/'] });
    expect(update(json(), after, foreign)).toMatchObject(allowed);
  });

  it('into our class takes no path from who came to it before, however old the Ingress is', () => {
    const other = anIngressClass({ name: 'other', controller: 'example.com/other' });
    const younger = stored({ namespace: 'shop', name: 'young', created: '2024-01-01T00:00:00Z' });
    const old = { created: '2020-01-01T00:00:00Z' };
    const result = update(json({ ...old, className: 'other' }), json(old), indexOf([...world, other, younger]));
    expect(result.denied).toEqual(['PathConflict']);
    expect(result.message).toContain('Ingress shop/young has this already and would lose it');
  });

  it('into our class is judged in full', () => {
    const [before, after] = [json({ className: 'other', at: ['10.0.0.1/'] }), json({ at: ['10.0.0.1/'] })];
    expect(update(before, after).denied).toEqual(['HostIsIpAddress']);
  });
});

describe('what is none of our business', () => {
  const bad = json({ at: ['10.0.0.1/'] });
  const foreign = indexOf([...world, anIngressClass({ name: 'other', controller: 'example.com/other' })]);

  it.each<[string, Record<string, unknown>]>([
    ['a deletion', { operation: 'DELETE', object: null, oldObject: bad }],
    ['an update of the status', { operation: 'UPDATE', subResource: 'status', object: bad, oldObject: json() }],
    ['another kind', { operation: 'CREATE', kind: { group: '', version: 'v1', kind: 'Pod' }, object: bad }],
    [
      'an Ingress of another group',
      { operation: 'CREATE', kind: { group: 'x.io', version: 'v1', kind: 'Ingress' }, object: bad },
    ],
    ['a connection', { operation: 'CONNECT', object: bad }],
  ])('passes: %s', (_, request) => {
    expect(review(request)).toMatchObject(allowed);
  });

  it('passes: an Ingress of another class, however it is written', () => {
    expect(create(json({ className: 'other', at: ['10.0.0.1/'] }), foreign)).toMatchObject(allowed);
    const odd = {
      ...json({ className: 'other' }),
      metadata: { name: 'x', namespace: 'default', annotations: { a: 1 } },
    };
    expect(create(odd, foreign)).toMatchObject(allowed);
  });

  it('warns when no class of that name exists at all', () => {
    expect(create(json({ className: 'nowhere', at: ['10.0.0.1/'] }))).toMatchObject({
      allowed: true,
      warned: ['ClassUnknown'],
    });
  });

  it('is refused as a question when the object is not what the request says', () => {
    expect(() => create({ kind: 'Ingress' })).toThrow('request.object is no Ingress');
    expect(() => create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } })).toThrow(
      'request.object is no Ingress',
    );
  });
});

it('answers any object without throwing', () => {
  const part = fc.anything({ maxDepth: 3 });
  const object = fc.record({ metadata: part, spec: fc.oneof(part, fc.record({ rules: fc.array(part), tls: part })) });
  fc.assert(
    fc.property(object, (found) => {
      create({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', ...found });
    }),
  );
});
