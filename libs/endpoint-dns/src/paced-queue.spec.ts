import { describe, expect, it } from '@jest/globals';
import { until } from '@gatehouse/testing';
import { PacedQueue } from './paced-queue.ts';

describe('PacedQueue', () => {
  it('sends at once while there is room', () => {
    const queue = new PacedQueue();
    let sent = 0;
    for (let index = 0; index < 16; index++) queue.add(() => (sent += 1));
    expect(sent).toBe(16);
    queue.clear();
  });

  it('sends no more than 16 in one turn, in order, and all of them', async () => {
    const queue = new PacedQueue();
    const sent: number[] = [];
    const turns: number[] = [];
    let turn = 0;
    const counting = setInterval(() => (turn += 1), 0);
    for (let index = 0; index < 1000; index++) {
      queue.add(() => {
        sent.push(index);
        turns[turn] = (turns[turn] ?? 0) + 1;
      });
    }
    expect(sent).toHaveLength(16);
    await until(() => sent.length === 1000);
    clearInterval(counting);
    expect(sent).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(turns.filter((count) => count > 16)).toEqual([]);
  });

  it('sends nothing more once it is cleared', async () => {
    const queue = new PacedQueue();
    let sent = 0;
    for (let index = 0; index < 100; index++) queue.add(() => (sent += 1));
    queue.clear();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent).toBe(16);
  });
});
