import { describe, expect, it } from '@jest/globals';
import type { Round } from '@gatehouse/pipeline';
import { resolveObjects, snapshotOf } from '@gatehouse/testing';
import { createRoundBoard } from './round-board.ts';

const { resolution } = resolveObjects([]);

const aRound = (outcome: Round['outcome']): Round => ({
  outcome,
  snapshot: snapshotOf([]),
  resolution,
  problems: [],
  served: [],
  ingresses: [],
  quarantine: new Map(),
  digest: 'd',
  reloadCauses: [],
  refusals: 0,
  durations: { resolveMs: 0, renderMs: 0, applyMs: 0 },
});

describe('the board of rounds', () => {
  it('gives the first round by promise, and later ones to listeners', async () => {
    const board = createRoundBoard();
    const heard: Round[] = [];
    board.listen((round) => heard.push(round));
    const [first, second] = [aRound('applied'), aRound('unchanged')];
    board.publish(first);
    board.publish(second);
    expect(await board.first).toEqual({ kind: 'round', round: first });
    expect(heard).toEqual([second]);
    expect(heard[0]).toBe(second);
  });

  it('gives a fault as the first attempt, and every round after it to listeners', async () => {
    const board = createRoundBoard();
    const heard: Round[] = [];
    board.listen((round) => heard.push(round));
    const error = new Error('port taken');
    board.fail(error);
    board.publish(aRound('applied'));
    expect(await board.first).toEqual({ kind: 'fault', error });
    expect(heard).toHaveLength(1);
  });

  it('says that something is served from the first configuration that nginx took, for good', () => {
    const board = createRoundBoard();
    expect(board.isServing()).toBe(false);
    board.fail(new Error('port taken'));
    board.publish(aRound('refused'));
    board.publish(aRound('postponed'));
    expect(board.isServing()).toBe(false);
    board.publish(aRound('applied'));
    expect(board.isServing()).toBe(true);
    board.publish(aRound('refused'));
    board.fail(new Error('disk full'));
    expect(board.isServing()).toBe(true);
  });
});
