import { describe, expect, it } from '@jest/globals';
import type { EndpointChange } from '@gatehouse/pipeline';
import { aBackend } from '@gatehouse/testing';
import { EndpointTeller } from './endpoint-teller.ts';

const one = aBackend('one', ['10.0.0.1:80']);
const two = aBackend('two', ['10.0.0.2:81']);
const weighted = ({ endpoints }: typeof one) => endpoints.map((each) => ({ ...each, weight: 1 }));

function aTeller() {
  const messages: (readonly EndpointChange[])[] = [];
  const world = { messages, fails: false };
  const teller = new EndpointTeller((changes) => {
    if (world.fails) return Promise.reject(new Error('gone'));
    messages.push(changes);
    return Promise.resolve();
  });
  return Object.assign(world, { teller });
}

describe('EndpointTeller', () => {
  it('tells everything once, and then what has changed', async () => {
    const { teller, messages } = aTeller();
    await teller.tell(
      new Map([
        ['a', one],
        ['b', two],
      ]),
      'changes',
    );
    await teller.tell(
      new Map([
        ['a', one],
        ['b', two],
      ]),
      'changes',
    );
    await teller.tell(
      new Map([
        ['a', two],
        ['b', two],
      ]),
      'changes',
    );
    expect(messages).toEqual([
      [
        { name: 'a', endpoints: weighted(one) },
        { name: 'b', endpoints: weighted(two) },
      ],
      [{ name: 'a', endpoints: weighted(two) }],
    ]);
  });

  it('tells everything again when it is uncertain what is known', async () => {
    const { teller, messages } = aTeller();
    await teller.tell(new Map([['a', one]]), 'changes');
    await teller.tell(new Map([['a', one]]), 'all');
    expect(messages).toHaveLength(2);
  });

  it('tells no more endpoints of one name than can be asked for, so that it keeps no other from being told', async () => {
    const { teller, messages } = aTeller();
    const many = aBackend(
      'many',
      Array.from({ length: 12_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}:80`),
    );
    const told = new Map([
      ['many', many],
      ['a', one],
    ]);
    await teller.tell(told, 'changes');
    expect(messages.flat().map(({ endpoints }) => endpoints.length)).toEqual([1680, 1]);
  });

  it('does not take for told what nobody has heard', async () => {
    const world = aTeller();
    world.fails = true;
    await expect(world.teller.tell(new Map([['a', one]]), 'changes')).rejects.toThrow('gone');
    world.fails = false;
    await world.teller.tell(new Map([['a', one]]), 'changes');
    expect(world.messages).toHaveLength(1);
  });

  it('keeps what is needed no more until it is told so, and then has it forgotten', async () => {
    const { teller, messages } = aTeller();
    await teller.tell(
      new Map([
        ['a', one],
        ['b', two],
      ]),
      'changes',
    );
    await teller.tell(new Map([['a', one]]), 'changes');
    await teller.keepOnly(new Map([['a', one]]));
    await teller.keepOnly(new Map([['a', one]]));
    expect(messages.slice(1)).toEqual([[{ name: 'b', endpoints: 'forgotten' }]]);
  });

  it('sends no more at once than fits into a message', async () => {
    const { teller, messages } = aTeller();
    const many = Array.from({ length: 30_000 }, (_, index) => [`n${index}`, one] as const);
    await teller.tell(new Map(many), 'changes');
    expect(messages.map((message) => message.length)).toEqual([10_000, 10_000, 10_000]);
    expect(JSON.stringify(messages[0]).length).toBeLessThan(2_000_000);
  });
});
