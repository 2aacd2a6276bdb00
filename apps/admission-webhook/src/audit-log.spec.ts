import { parseReview } from '@gatehouse/admission';
import { FakeClock, RecordingLogger } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import { createAuditLog } from './audit-log.ts';
import type { Decision } from './decide.ts';

const object = { kind: 'Ingress', namespace: 'default', name: 'cafe' } as const;

function decision(kind: Decision['kind'], shape: object = {}, codeCount = 1): Decision {
  const request = parseReview({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      kind: { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
      operation: 'CREATE',
      namespace: 'default',
      name: 'cafe',
      object: {},
      ...shape,
    },
  });
  if (!request.ok) throw new Error(request.error);
  const denials = Array.from({ length: codeCount }, (_, index) => ({
    code: 'HostInvalid' as const,
    object,
    field: `spec.rules[${index}]`,
    message: '',
  }));
  const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: 'u', allowed: false } };
  return {
    kind,
    request: request.value,
    verdict: { denials, warnings: [], audited: [] },
    answer: answer as Decision['answer'],
  };
}

function start() {
  const [logger, clock] = [new RecordingLogger(), new FakeClock()];
  return { logger, clock, audit: createAuditLog(logger, clock) };
}

describe('the audit log', () => {
  it('tells of what was admitted and the policy only audits, with the same words', () => {
    const { logger, audit } = start();
    const { verdict, ...rest } = decision('denied', {});
    audit.record({ ...rest, kind: 'allowed', verdict: { denials: [], warnings: verdict.denials, audited: [] } }, 1);
    expect(logger.entries).toEqual([]);
    audit.record({ ...rest, kind: 'allowed', verdict: { denials: [], warnings: [], audited: verdict.denials } }, 1);
    expect(logger.entries).toMatchObject([
      { message: 'Admission audited', data: { namespace: 'default', name: 'cafe', codes: ['HostInvalid'] } },
    ]);
  });

  it('takes the name from the object when the API server has none to say, and marks one that is still to be made', () => {
    const { logger, audit } = start();
    const nameless = { name: undefined, namespace: undefined };
    audit.record(decision('denied', { ...nameless, object: { metadata: { name: 'a', namespace: 'b' } } }), 1);
    audit.record(decision('denied', { ...nameless, object: { metadata: { generateName: 'c-' } } }), 1);
    audit.record(decision('denied', { ...nameless, object: { metadata: 'x' } }), 1);
    expect(logger.entries.map(({ data }) => [data['namespace'], data['name']])).toEqual([
      ['b', 'a'],
      ['', 'c-*'],
      ['', ''],
    ]);
  });

  it('bounds every text of a client and takes its control characters away', () => {
    const { logger, audit } = start();
    const long = `a\n\u001b[31m\u202e${'x'.repeat(100_000)}`;
    const shape = { namespace: long, name: long, userInfo: { username: long, groups: Array(9999).fill(long) } };
    audit.record(decision('denied', shape, 5000), 1);
    const line = JSON.stringify(logger.entries);
    expect(line.length).toBeLessThan(2_500);
    expect(line).not.toMatch(/\\n|\\u001b|\u202e/);
    expect(logger.entries[0]?.data['fields']).toHaveLength(21);
  });

  it('stays short when somebody asks for the same again and again, and tells then how often', async () => {
    const { logger, audit, clock } = start();
    for (let index = 0; index < 10_000; index += 1) audit.record(decision('denied', { uid: `u${index}` }), 1);
    audit.record(decision('denied', { name: 'other' }), 1);
    expect(logger.entries).toHaveLength(11);
    await clock.advance(60_000);
    audit.record(decision('denied'), 1);
    expect(logger.entries.at(-1)?.data['alsoBefore']).toBe(9990);
  });

  it('stays bounded when every object is another', () => {
    const { logger, audit } = start();
    for (let index = 0; index < 10_000; index += 1) audit.record(decision('denied', { name: `n${index}` }), 1);
    expect(logger.entries.length).toBeLessThanOrEqual(2_000);
  });

  it('warns of a review that took long, whatever came of it', () => {
    const { logger, audit } = start();
    audit.record(decision('allowed', {}, 0), 99);
    audit.record(decision('allowed', {}, 0), 101.234);
    expect(logger.entries).toMatchObject([
      { level: 'warn', message: 'Review was slow', data: { name: 'cafe', namespace: 'default', durationMs: 101.23 } },
    ]);
  });
});
