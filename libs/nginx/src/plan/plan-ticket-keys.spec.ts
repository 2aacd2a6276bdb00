import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Bundle } from '../bundle.ts';
import { aModel, someRenderOptions, someSettings } from '@gatehouse/testing';
import { createRenderer } from '../render/renderer.ts';

const keys = ['a', 'b'].map((letter) => ({ id: letter.repeat(64), key: randomBytes(80) }));
const render = (tlsSessionTickets: boolean, sessionTicketKeys = keys): Bundle =>
  createRenderer(someRenderOptions()).render(
    aModel([], { settings: someSettings({ tlsSessionTickets }), sessionTicketKeys }),
  );
const filesIn = (bundle: Bundle): readonly string[] =>
  [...(bundle.files.get('nginx.conf') ?? '').matchAll(/ssl_session_ticket_key "?(.*?)"?;/g)].map(
    ([, file = '']) => file,
  );

describe('keys of session tickets', () => {
  it('stand beside the configuration, which names their files: first the one that seals', () => {
    const bundle = render(true);
    expect(bundle.ticketKeys).toEqual(new Map(keys.map(({ id, key }) => [`${id}.ticket`, key])));
    expect(filesIn(bundle)).toEqual(keys.map(({ id }) => `/run/gatehouse/keys/${id}.ticket`));
    expect(render(true, keys.toReversed()).digest).not.toBe(bundle.digest);
  });

  it('are left out where clients get no tickets', () => {
    const bundle = render(false);
    expect([...filesIn(bundle), ...(bundle.ticketKeys?.keys() ?? [])]).toEqual([]);
  });
});
