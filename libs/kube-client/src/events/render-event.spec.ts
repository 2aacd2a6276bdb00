import { describe, expect, it } from '@jest/globals';
import type { EventRecord } from '@gatehouse/pipeline';
import fc from 'fast-check';
import { fieldsOf, textAt } from '../json.ts';
import { eventName, renderEvent, renderSeriesPatch } from './render-event.ts';

const created: EventRecord = {
  type: 'Normal',
  reason: 'CREATE',
  message: 'Ingress default/cafe-ingress',
  object: { kind: 'Ingress', namespace: 'default', name: 'cafe-ingress' },
};
const shape = { event: created, uid: 'u1', instance: 'p-0', firstMs: Date.UTC(2026, 0, 1) };
const noteOf = (message: string): string => textAt(renderEvent({ ...shape, event: { ...created, message } }), 'note');

describe('an Event', () => {
  it('says what happened to which object, as kubectl shows it', () => {
    expect(renderEvent(shape)).toEqual({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: expect.stringMatching(/^cafe-ingress\.[0-9a-f]{16}$/), namespace: 'default' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'nginx-ingress-controller',
      reportingInstance: 'p-0',
      action: 'CREATE',
      reason: 'CREATE',
      regarding: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        namespace: 'default',
        name: 'cafe-ingress',
        uid: 'u1',
      },
      note: 'Ingress default/cafe-ingress',
      type: 'Normal',
    });
  });

  it('lies in the namespace default when its object lies in none', () => {
    const object = { kind: 'IngressClass', namespace: '', name: 'nginx' } as const;
    expect(renderEvent({ ...shape, uid: '', event: { ...created, object } })).toMatchObject({
      metadata: { namespace: 'default' },
      regarding: { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', name: 'nginx' },
    });
  });

  it('is named by what it says, of whom, and when', () => {
    const others = [
      { ...shape, uid: 'u2' },
      { ...shape, instance: 'p-1' },
      { ...shape, firstMs: 5 },
      { ...shape, event: { ...created, reason: 'UPDATE' } },
      { ...shape, event: { ...created, type: 'Warning' } as const },
      { ...shape, event: { ...created, message: 'x' } },
    ].map(eventName);
    expect(new Set([...others, eventName(shape)]).size).toBe(7);
    expect(eventName({ ...shape })).toBe(eventName(shape));
  });

  it('has a name that the API takes, however long that of its object is', () => {
    const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    const names = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.').slice(0, 253));
    fc.assert(
      fc.property(names, (name) => {
        const named = eventName({ ...shape, event: { ...created, object: { ...created.object, name } } });
        expect(named.length).toBeLessThanOrEqual(253);
        for (const part of named.split('.')) expect(part).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
      }),
    );
  });

  it('says at most 1,024 bytes, whole characters only, and a short message whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2000 }), (message) => {
        const note = noteOf(message);
        expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
        expect(note.isWellFormed()).toBe(true);
      }),
    );
    expect(noteOf('ä'.repeat(512))).toBe('ä'.repeat(512));
    expect(noteOf('ä'.repeat(513))).toBe(`${'ä'.repeat(510)}…`);
  });

  it('has nothing in it that plays tricks on a terminal', () => {
    expect(noteOf('a\u001b[31m\nb\u202ec\ud800')).toBe('a [31m b c\ufffd');
  });

  it('counts with the time of the last occurrence', () => {
    expect(renderSeriesPatch(7, shape.firstMs)).toEqual({
      series: { count: 7, lastObservedTime: '2026-01-01T00:00:00.000000Z' },
    });
    expect(Object.keys(fieldsOf(renderSeriesPatch(2, 0)))).toEqual(['series']);
  });
});
