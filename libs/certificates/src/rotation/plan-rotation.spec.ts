import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { issueServing, makeAuthority } from '../authority.ts';
import type { CertificateAndKey } from '../issue-certificate.ts';
import { performRotation } from './perform-rotation.ts';
import { planRotation, type RotationFacts, type RotationStep } from './plan-rotation.ts';
import { readSharedCertificates, type SharedCertificates } from './shared-certificates.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const AUTHORITY_DAYS = 3000;
const SERVING_DAYS = 90;
/** Day 0 of each authority and certificate below. */
const MADE = Date.UTC(2030, 0, 1);
const names = { dnsNames: ['gate.edge.svc'], ipAddresses: [] };
const order = {
  commonName: 'gate',
  ...names,
  authorityLifeMs: AUTHORITY_DAYS * DAY,
  servingLifeMs: SERVING_DAYS * DAY,
};
const EMPTY: SharedCertificates = { bundlePem: '', authorityKeyPem: '', certPem: '', keyPem: '' };

const authorityAt = (days: number): Promise<CertificateAndKey> =>
  makeAuthority({ commonName: 'gate', nowMs: MADE + days * DAY, lifeMs: AUTHORITY_DAYS * DAY });
const servingAt = (days: number, authority: CertificateAndKey, dnsNames = names.dnsNames) =>
  issueServing({
    ...names,
    dnsNames,
    authority,
    commonName: 'gate',
    nowMs: MADE + days * DAY,
    lifeMs: SERVING_DAYS * DAY,
  });

let old: CertificateAndKey;
let fresh: CertificateAndKey;
let byOld: CertificateAndKey;
let byFresh: CertificateAndKey;
/** One authority and what it signed. */
let settled: SharedCertificates;
/** A second authority has come, and the first one's certificate is in use. */
let handingOver: SharedCertificates;

beforeAll(async () => {
  [old, fresh] = await Promise.all([authorityAt(0), authorityAt(2000)]);
  byOld = await servingAt(2000, old);
  byFresh = await servingAt(2001, fresh);
  const first = await servingAt(0, old);
  settled = { bundlePem: old.certPem, authorityKeyPem: old.keyPem, ...first };
  handingOver = { bundlePem: fresh.certPem + old.certPem, authorityKeyPem: fresh.keyPem, ...byOld };
});

function plan(texts: SharedCertificates, days: number, facts: Partial<RotationFacts> = {}): RotationStep {
  return planRotation({
    shared: readSharedCertificates(texts),
    held: undefined,
    names,
    isTrusted: false,
    servingLifeMs: order.servingLifeMs,
    nowMs: MADE + days * DAY,
    ...facts,
  });
}
const subjectsOf = (pems: readonly CertificateAndKey[]): readonly string[] =>
  pems.map(({ certPem }) => new X509Certificate(certPem).subject);
const kept = (step: RotationStep): readonly string[] =>
  step.kind === 'write' ? step.keep.map(({ subject }) => subject) : [];

describe('the plan of a rotation', () => {
  it('makes everything when nothing is there, and calls that no alarm', () => {
    expect(plan(EMPTY, 0)).toEqual({
      ...{ kind: 'write', makesAuthority: true, serving: 'signByNew', keep: [] },
      ...{ because: 'there is none yet', isAlarming: false },
    });
  });

  it('waits until two thirds of the life of the certificate are over, then signs it anew', () => {
    for (const day of [0, 30, 59.99]) expect(plan(settled, day)).toEqual({ kind: 'wait', untilMs: MADE + 60 * DAY });
    expect(plan(settled, 60)).toMatchObject({ makesAuthority: false, serving: 'signByPresent', isAlarming: false });
    expect(kept(plan(settled, 60))).toEqual(subjectsOf([old]));
  });

  it('makes a new authority at two thirds of the life of the old one, which signs once more', () => {
    const texts = { ...settled, ...byOld };
    expect(plan(texts, 1999.99)).toMatchObject({ kind: 'wait' });
    const step = plan(texts, 2000);
    expect(step).toMatchObject({ makesAuthority: true, serving: 'signByPresent', isAlarming: false });
    expect(kept(step)).toEqual(subjectsOf([old]));
  });

  it('lets the new authority sign when clients trust it, and not before', () => {
    expect(plan(handingOver, 2001)).toEqual({ kind: 'wait', untilMs: MADE + 2090 * DAY });
    expect(plan(handingOver, 2089.9)).toMatchObject({ kind: 'wait' });
    const step = plan(handingOver, 2001, { isTrusted: true });
    expect(step).toMatchObject({ makesAuthority: false, serving: 'signByPresent', isAlarming: false });
    expect(kept(step)).toEqual(subjectsOf([fresh, old]));
  });

  it('lets the new authority sign, loudly, when what the old one signed has ended', () => {
    expect(plan(handingOver, 2090)).toMatchObject({
      serving: 'signByPresent',
      makesAuthority: false,
      isAlarming: true,
    });
  });

  it('forgets the old authority when all that it signed has ended', () => {
    const texts = { ...handingOver, ...byFresh };
    expect(plan(texts, 2050)).toMatchObject({ kind: 'wait', untilMs: MADE + 2061 * DAY });
    const renewed = { ...handingOver, authorityKeyPem: fresh.keyPem };
    expect(plan({ ...renewed, ...byFresh }, 2060.9)).toMatchObject({ kind: 'wait' });
    expect(plan(texts, 2061)).toMatchObject({ serving: 'signByPresent' });
  });

  it('keeps an authority for as long as a certificate of it may be in use', async () => {
    const texts = { ...handingOver, ...(await servingAt(2061, fresh)) };
    expect(plan(texts, 2089.9)).toEqual({ kind: 'wait', untilMs: MADE + 2090 * DAY });
    const step = plan(texts, 2090);
    expect(step).toMatchObject({ makesAuthority: false, serving: 'keep', isAlarming: false });
    expect(kept(step)).toEqual(subjectsOf([fresh]));
  });

  it('signs anew for other names, and takes the former ones along once', async () => {
    const texts = { ...settled, ...(await servingAt(0, old, ['former.edge.svc'])) };
    const step = plan(texts, 1);
    if (step.kind !== 'write') throw new Error(step.kind);
    expect(step).toMatchObject({ makesAuthority: false, serving: 'signByPresent' });
    const shared = readSharedCertificates(texts);
    const made = await performRotation(step, shared, { ...order, nowMs: MADE + DAY });
    expect(new X509Certificate(made.certPem).subjectAltName).toBe('DNS:gate.edge.svc, DNS:former.edge.svc');
    const theirs = { ...names, dnsNames: ['former.edge.svc'] };
    expect(plan(made, 1)).toMatchObject({ kind: 'wait' });
    expect(plan(made, 1, { names: theirs })).toMatchObject({ kind: 'wait' });
    const later = plan(made, 61);
    if (later.kind !== 'write') throw new Error(later.kind);
    const renewed = await performRotation(later, readSharedCertificates(made), { ...order, nowMs: MADE + 61 * DAY });
    expect(new X509Certificate(renewed.certPem).subjectAltName).toBe('DNS:gate.edge.svc');
  });
});

describe('the plan when the clock jumps', () => {
  it.each<[string, number, object]>([
    ['a little back', -0.04, { kind: 'wait' }],
    ['far back', -500, { makesAuthority: true, serving: 'signByNew', isAlarming: true }],
    ['over the end of the certificate', 100, { makesAuthority: false, serving: 'signByPresent', isAlarming: true }],
    ['over the end of the authority', 4000, { makesAuthority: true, serving: 'signByNew', isAlarming: true }],
  ])('%s', (_, day, expected) => {
    expect(plan(settled, day)).toMatchObject(expected);
  });

  it('back before the new authority begins: what the old one signed is kept', () => {
    const step = plan(handingOver, 1999.9);
    expect(step).toMatchObject({ makesAuthority: true });
  });

  it('is steady at the edges of a second', () => {
    const at = MADE + 60 * DAY;
    expect(plan(settled, 0, { nowMs: at - 1 })).toEqual({ kind: 'wait', untilMs: at });
    expect(plan(settled, 0, { nowMs: MADE - HOUR })).toMatchObject({ kind: 'wait' });
    expect(plan(settled, 0, { nowMs: MADE - HOUR - 1 })).toMatchObject({ kind: 'write' });
  });
});

describe('the plan for what should not be there', () => {
  type Spoil = (texts: SharedCertificates) => SharedCertificates;
  const CASES: readonly (readonly [string, Spoil, object, RegExp])[] = [
    [
      'no bundle',
      (t) => ({ ...t, bundlePem: '' }),
      { makesAuthority: true, serving: 'signByNew' },
      /ca.crt holds no authority/,
    ],
    ['garbage for a bundle', (t) => ({ ...t, bundlePem: 'x' }), { makesAuthority: true }, /ca.crt holds no authority/],
    [
      'no key of the authority',
      (t) => ({ ...t, authorityKeyPem: '' }),
      { makesAuthority: true, serving: 'keep' },
      /ca.key holds no private key/,
    ],
    [
      'the key of another authority',
      (t) => ({ ...t, authorityKeyPem: fresh.keyPem }),
      { makesAuthority: true, serving: 'keep' },
      /key of no authority/,
    ],
    [
      'no certificate',
      (t) => ({ ...t, certPem: '' }),
      { makesAuthority: false, serving: 'signByPresent' },
      /tls.crt holds no certificate/,
    ],
    [
      'half a certificate',
      (t) => ({ ...t, certPem: t.certPem.slice(0, 200) }),
      { serving: 'signByPresent' },
      /tls.crt holds no certificate/,
    ],
    [
      'no key',
      (t) => ({ ...t, keyPem: '' }),
      { makesAuthority: false, serving: 'signByPresent' },
      /tls.key holds no private key/,
    ],
    [
      'the key of another certificate',
      (t) => ({ ...t, keyPem: byFresh.keyPem }),
      { serving: 'signByPresent' },
      /cannot be served together/,
    ],
    [
      'the certificate of a stranger',
      (t) => ({ ...t, ...byFresh }),
      { makesAuthority: false, serving: 'signByPresent' },
      /signed by no authority/,
    ],
    [
      'a certificate of a server among the authorities',
      (t) => ({ ...t, bundlePem: t.bundlePem + byFresh.certPem }),
      { makesAuthority: false, serving: 'keep' },
      /what is no certificate of an authority/,
    ],
  ];

  it.each(CASES)('%s: makes anew what is wrong, and says so', (_, spoil, expected, because) => {
    const step = plan(spoil(settled), 1);
    expect(step).toMatchObject({ kind: 'write', isAlarming: true, ...expected });
    if (step.kind !== 'write') throw new Error(step.kind);
    expect(step.because).toMatch(because);
    expect(step.because).not.toMatch(/PRIVATE|BEGIN|MI[IG]/);
  });

  it.each([...CASES, ['nothing', () => EMPTY, {}, /there is none yet/] as const])(
    '%s: writes back what this replica holds',
    (_, spoil, _expected, because) => {
      const step = plan(spoil(settled), 1, { held: readSharedCertificates(settled) });
      expect(step).toMatchObject({ kind: 'restore', texts: settled, isAlarming: true });
      expect(step.kind === 'restore' && step.because).toMatch(because);
    },
  );

  it('does not write back what has ended', () => {
    expect(plan(EMPTY, 100, { held: readSharedCertificates(settled) })).toMatchObject({ kind: 'write' });
  });

  it.each(CASES)('%s: comes to rest after a few steps, whole', async (_, spoil) => {
    let texts = spoil(settled);
    const steps: string[] = [];
    for (let step = plan(texts, 1); step.kind === 'write' && steps.length < 5;) {
      steps.push(step.because);
      texts = await performRotation(step, readSharedCertificates(texts), { ...order, nowMs: MADE + DAY });
      step = plan(texts, 1, { isTrusted: true });
    }
    expect(steps.length).toBeLessThan(4);
    expect(readSharedCertificates(texts).flaws).toEqual([]);
    expect(plan(texts, 1, { isTrusted: true })).toMatchObject({ kind: 'wait' });
    expect(new X509Certificate(texts.certPem).checkHost('gate.edge.svc')).toBe('gate.edge.svc');
  });
});
