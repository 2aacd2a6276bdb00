import { describe, expect, it } from '@jest/globals';
import { EventQueue } from './event-queue.ts';

describe('the queue of Events', () => {
  it('lets nobody push out or delay the Warnings of another namespace', () => {
    const queue = new EventQueue();
    const add = (namespace: string, message: string): void => {
      const object = { kind: 'Ingress', namespace, name: 'web' } as const;
      queue.add({ type: 'Warning', reason: 'PathInvalid', message, object }, { atMs: 0, nowMs: 0 });
    };
    add('quiet', 'first');
    for (let index = 0; index < 5000; index += 1) add('noisy', `path ${index}`);
    add('quiet', 'second');
    const next = Array.from({ length: 4 }, () => queue.next()?.event.object.namespace);
    expect(next.filter((namespace) => namespace === 'quiet')).toHaveLength(2);
    expect(queue.takeDropped()).toBe(3002);
  });
});
