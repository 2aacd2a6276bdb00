import type { Problem } from '@gatehouse/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderAnswer, renderFailure } from './render-answer.ts';

const object = { kind: 'Ingress', namespace: 'a', name: 'b' } as const;
const host: Problem = { code: 'HostInvalid', object, field: 'spec.rules[0].host', message: '"A_B" is no DNS name' };
const whole: Problem = { code: 'PathConflict', object, field: '', message: 'Ingress a/c has this' };

describe('the answer', () => {
  it('to an object without mistakes repeats the uid and allows', () => {
    expect(renderAnswer('u1', { denials: [], warnings: [] })).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u1', allowed: true },
    });
  });

  it('names the only reason in the one line that kubectl prints', () => {
    const { response } = renderAnswer('u1', { denials: [host], warnings: [] });
    expect(response.allowed).toBe(false);
    expect(response.status).toEqual({
      code: 403,
      reason: 'Forbidden',
      message: 'spec.rules[0].host: "A_B" is no DNS name (HostInvalid, docs/problems.md#hostinvalid)',
    });
  });

  it('names all reasons, one a line', () => {
    const { response } = renderAnswer('u1', { denials: [host, whole], warnings: [] });
    expect(response.status?.message.split('\n')).toEqual([
      '2 reasons:',
      'spec.rules[0].host: "A_B" is no DNS name (HostInvalid, docs/problems.md#hostinvalid)',
      'Ingress a/c has this (PathConflict, docs/problems.md#pathconflict)',
    ]);
  });

  it('says where the documentation is', () => {
    const url = 'https://docs.example.com/gatehouse/';
    expect(renderAnswer('u1', { denials: [whole], warnings: [host] }, url).response).toMatchObject({
      status: { message: `Ingress a/c has this (PathConflict, ${url}docs/problems.md#pathconflict)` },
      warnings: [`spec.rules[0].host: "A_B" is no DNS name (HostInvalid, ${url}docs/problems.md#hostinvalid)`],
    });
  });

  it("has the codes, each once, for the API server's audit log", () => {
    const { response } = renderAnswer('u1', { denials: [host, whole, host], warnings: [whole] });
    expect(response.auditAnnotations).toEqual({ denied: 'HostInvalid PathConflict', warned: 'PathConflict' });
  });

  it('warns beside an admission and beside a denial', () => {
    const warnings = ['Ingress a/c has this (PathConflict, docs/problems.md#pathconflict)'];
    expect(renderAnswer('u1', { denials: [], warnings: [whole] }).response).toEqual({
      uid: 'u1',
      allowed: true,
      warnings,
      auditAnnotations: { warned: 'PathConflict' },
    });
    expect(renderAnswer('u1', { denials: [host], warnings: [whole] }).response).toMatchObject({
      allowed: false,
      warnings,
    });
  });

  it('stays short when there are very many reasons', () => {
    const many = Array.from({ length: 5_000 }, () => ({ ...host, message: 'x'.repeat(400) }));
    const { status, warnings = [] } = renderAnswer('u1', { denials: many, warnings: many }).response;
    expect(status?.message.split('\n')).toHaveLength(52);
    expect(status?.message).toMatch(/^5000 reasons:\n[^]*\nand 4950 more$/);
    expect(warnings.at(-1)).toBe('and 4985 more');
    expect(warnings[0]).toMatch(/^spec\.rules\[0\]\.host: x+… \(HostInvalid, docs\/problems\.md#hostinvalid\)$/);
    expect(Math.max(...warnings.map((line) => line.length))).toBe(256);
    expect(warnings.join('').length).toBeLessThanOrEqual(4_096);
  });

  it('has one line for each reason, whatever a message holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (field, message) => {
        const { status, warnings } = renderAnswer('u', {
          denials: [{ ...host, field, message }],
          warnings: [{ ...host, field, message }],
        }).response;
        expect(warnings?.[0]).toMatch(/ \(HostInvalid, docs\/problems\.md#hostinvalid\)$/);
        for (const line of [status?.message ?? '', ...(warnings ?? [])])
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });

  it('to our own failure is a denial', () => {
    expect(renderFailure('u1', 'internal error').response).toEqual({
      uid: 'u1',
      allowed: false,
      status: { code: 500, reason: 'InternalError', message: 'internal error' },
    });
  });
});
