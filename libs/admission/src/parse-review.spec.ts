import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseReview } from './parse-review.ts';

const request = {
  uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
  kind: { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
  operation: 'CREATE',
  object: { kind: 'Ingress' },
};
const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };

describe('reading an AdmissionReview', () => {
  it('takes what the API server sends', () => {
    const userInfo = { username: 'jane', groups: ['dev', 'system:authenticated'] };
    const whole = { ...request, dryRun: true, oldObject: null, options: {}, namespace: 'a', name: 'b', userInfo };
    expect(parseReview({ ...review, request: whole })).toEqual({
      ok: true,
      value: {
        uid: request.uid,
        kind: request.kind,
        subResource: '',
        operation: 'CREATE',
        isDryRun: true,
        namespace: 'a',
        name: 'b',
        user: { name: 'jane', groupCount: 2 },
        object: { kind: 'Ingress' },
      },
    });
  });

  it.each<[string, object]>([
    ['is not there', {}],
    ['is of another type', { namespace: 1, name: [], userInfo: 'jane' }],
    ['is so inside', { userInfo: { username: {}, groups: 'dev' } }],
    ['is inherited', { userInfo: Object.create({ username: 'jane' }) as object }],
  ])('needs nothing of what only logs show when it %s', (_, origin) => {
    expect(parseReview({ ...review, request: { ...request, ...origin } })).toMatchObject({
      ok: true,
      value: { namespace: '', name: '', user: { name: '', groupCount: 0 } },
    });
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', [review]],
    ['text', 'AdmissionReview'],
    ['another kind', { ...review, kind: 'Ingress' }],
    ['the retired version', { ...review, apiVersion: 'admission.k8s.io/v1beta1' }],
    ['an answer', { ...review, request: undefined, response: {} }],
    ['a request that is a list', { ...review, request: [] }],
    ['no uid', { ...review, request: { ...request, uid: undefined } }],
    ['an empty uid', { ...review, request: { ...request, uid: '' } }],
    ['a uid without end', { ...review, request: { ...request, uid: 'x'.repeat(129) } }],
    ['an unknown operation', { ...review, request: { ...request, operation: 'PATCH' } }],
    ['a kind that is text', { ...review, request: { ...request, kind: 'Ingress' } }],
    ['half a kind', { ...review, request: { ...request, kind: { kind: 'Ingress' } } }],
    ['a subresource that is no text', { ...review, request: { ...request, subResource: {} } }],
    ['a creation without an object', { ...review, request: { ...request, object: null } }],
    ['an update without the old object', { ...review, request: { ...request, operation: 'UPDATE' } }],
    ['an object that is a list', { ...review, request: { ...request, object: [] } }],
    ['an uid that is inherited', { ...review, request: Object.create(request) as object }],
  ])('refuses %s with a sentence', (_, json) => {
    const parsed = parseReview(json);
    expect(parsed.ok).toBe(false);
    expect(parsed).toMatchObject({ error: expect.stringMatching(/^\S.*[^.]$/) });
  });

  it('asks for no object where none is stored', () => {
    expect(parseReview({ ...review, request: { ...request, operation: 'DELETE', object: null } }).ok).toBe(true);
  });

  it('takes or refuses any JSON without throwing', () => {
    const part = fc.oneof(fc.anything(), fc.constantFrom<unknown>('UPDATE', request.kind, {}, null));
    const reviews = fc.record({
      apiVersion: fc.constant(review.apiVersion),
      kind: fc.constant(review.kind),
      request: part,
    });
    const requests = fc.record(
      { uid: part, kind: part, operation: part, object: part, oldObject: part, subResource: part },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(fc.anything(), (json) => typeof parseReview(json).ok === 'boolean'));
    fc.assert(fc.property(reviews, (json) => typeof parseReview(json).ok === 'boolean'));
    fc.assert(
      fc.property(
        requests,
        (json) => typeof parseReview({ ...review, request: { ...request, ...json } }).ok === 'boolean',
      ),
    );
  });
});
