/**
 * Duty: what an API server asks the gate in the course of a day, of a world of given size. The objects are those that the
 * server itself would store, by a dry run, with all that it adds to them.
 */
import { randomUUID } from 'node:crypto';
import type { KubeApi } from '@gatehouse/kube-client';
import { create, hostOf, inParallel, namespaceOf, patch, pathOf, range, type PlainObject } from '../cluster/objects.ts';
import { appOf, applicationIngress, gateIngress, shopOf, type GateIngressWords } from './gate-world.ts';

/** One question and what the answer must be. */
export interface Review {
  readonly uid: string;
  /** An AdmissionReview as JSON. */
  readonly body: Buffer;
  readonly allowed: boolean;
}

/** Something that somebody does to a cluster. */
interface Doing {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly object: PlainObject;
  readonly allowed: boolean;
}

const DRY_RUN = { dryRun: 'All' };

/** Makes `count` questions, in their usual proportions, about applications from all over a world of `ingresses`. */
export async function prepareReviews(
  api: KubeApi,
  { ingresses, count }: { readonly ingresses: number; readonly count: number },
): Promise<readonly Review[]> {
  const reviews: Review[] = [];
  await inParallel(range(0, count), async (number) => {
    // A prime number leads to every application once before it leads to any twice.
    const index = (number * 7919) % ingresses;
    const doing = USUAL_DAY[number % USUAL_DAY.length];
    if (doing !== undefined) reviews[number] = await prepareReview(api, doing(index, number));
  });
  return reviews;
}

/** Asks the API server what it would store, and makes the question out of that. */
export async function prepareReview(api: KubeApi, { operation, object, allowed }: Doing): Promise<Review> {
  const path = `${pathOf(object)}/${object.metadata.name}`;
  const oldObject = operation === 'CREATE' ? null : await api.send({ path });
  const stored = await (operation === 'CREATE' ? create : patch)(api, object, DRY_RUN);
  const uid = randomUUID();
  const { name, namespace } = object.metadata;
  const [kind, resource] = [
    { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
    { group: 'networking.k8s.io', version: 'v1', resource: 'ingresses' },
  ];
  const request = {
    ...{ uid, kind, resource, requestKind: kind, requestResource: resource, name, namespace, operation },
    userInfo: {
      username: 'system:serviceaccount:ci:deployer',
      groups: ['system:serviceaccounts', 'system:authenticated'],
    },
    ...{ object: stored, oldObject, dryRun: false },
    options: { apiVersion: 'meta.k8s.io/v1', kind: `${operation === 'CREATE' ? 'Create' : 'Update'}Options` },
  };
  const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request };
  return { uid, allowed, body: Buffer.from(JSON.stringify(review)) };
}

type Doer = (index: number, number: number) => Doing;

const newPath: Doer = (index) => {
  const rules = [
    { host: hostOf(appOf(index)), paths: ['/', '/api', '/new'] },
    { host: shopOf(index), paths: [`/${appOf(index)}`] },
  ];
  return { operation: 'UPDATE', object: applicationIngress(index, { rules }), allowed: true };
};
const newTimeout: Doer = (index) => {
  const annotations = { 'proxy-send-timeout': '45' };
  return { operation: 'UPDATE', object: applicationIngress(index, { annotations }), allowed: true };
};
/** A new Ingress for the Service of an application. */
const creating =
  (
    allowed: boolean,
    words: (index: number, name: string) => Pick<GateIngressWords, 'annotations' | 'pathType' | 'rules'>,
  ): Doer =>
  (index, number) => {
    const name = `new-${number}`;
    const shape = { name, namespace: namespaceOf(index), service: appOf(index), ...words(index, name) };
    return { operation: 'CREATE', object: gateIngress(shape), allowed };
  };
const ownHost = creating(true, (_, name) => ({ rules: [{ host: hostOf(name), paths: ['/', '/api'] }] }));
const sharedHost = creating(true, (index, name) => ({ rules: [{ host: shopOf(index), paths: [`/${name}`] }] }));
const wildcard = creating(true, (index) => ({ rules: [{ host: `*.${shopOf(index)}`, paths: ['/'] }] }));
const takenPath = creating(false, (index) => ({ rules: [{ host: hostOf(appOf(index)), paths: ['/api'] }] }));
const badValue = creating(false, (_, name) => ({
  rules: [{ host: hostOf(name), paths: ['/'] }],
  annotations: { 'proxy-body-size': '8 megabytes; }' },
}));
const badExpression = creating(false, (_, name) => ({
  rules: [{ host: hostOf(name), paths: ['/(a+)+$'] }],
  annotations: { 'use-regex': 'true' },
  pathType: 'ImplementationSpecific',
}));

/** In this proportion: nine updates, eight new Ingresses that are in order, three that must be refused. */
const USUAL_DAY: readonly Doer[] = [
  ...[newPath, ownHost, newTimeout, sharedHost, newPath, ownHost, takenPath, newPath, ownHost, newTimeout],
  ...[badValue, newPath, sharedHost, newPath, ownHost, badExpression, newPath, wildcard, newPath, ownHost],
];
