import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '@gatehouse/routing';
import {
  aModel,
  argsOf,
  goldenText,
  lexed,
  nginx122,
  locationIn,
  serversIn,
  someRenderOptions,
  someSettings,
} from '@gatehouse/testing';
import type { Bundle } from '../bundle.ts';
import type { NginxDirective } from '../lexer/lex-nginx.ts';
import type { RenderOptions } from '../render-options.ts';
import { createRenderer } from './renderer.ts';

const directory = join(import.meta.dirname, '../../golden/whole');

interface Case {
  readonly name: string;
  readonly model: Model;
  readonly options?: Partial<RenderOptions>;
  /** What the case is about, asked of the lexed server. */
  readonly intent: (server: NginxDirective, bundle: Bundle) => void;
}

const cases: readonly Case[] = [
  {
    name: 'an-empty-model-answers-404-and-proves-itself',
    model: aModel(),
    intent: (server) => {
      expect(argsOf(server.block, 'listen')).toEqual([
        ['127.0.0.1:8080', 'default_server'],
        ['127.0.0.1:8443', 'ssl', 'default_server'],
      ]);
      expect(argsOf(locationIn(server, '/'), 'return')).toEqual([['404']]);
    },
  },
  {
    name: 'an-old-nginx-gets-only-what-it-knows',
    model: aModel([], { settings: someSettings({ accessLog: true }) }),
    options: { capabilities: nginx122, workerUser: 'www-data', resolvers: ['10.96.0.10', 'fd00::10'] },
    intent: (server) => {
      expect(argsOf(server.block, 'listen')[1]).toEqual(['127.0.0.1:8443', 'ssl', 'http2', 'default_server']);
    },
  },
];

describe('goldens of whole files', () => {
  it.each(cases)('$name', ({ name, model, options, intent }) => {
    const bundle = createRenderer(someRenderOptions(options)).render(model);
    const text = bundle.files.get('nginx.conf') ?? '';
    const [server] = serversIn(lexed(text));
    if (server === undefined) throw new Error('there is no server');
    intent(server, bundle);
    expect(text).toBe(goldenText(join(directory, name, 'nginx.conf'), text));
  });

  it('have no golden too many', () => {
    expect(readdirSync(directory).sort()).toEqual(cases.map(({ name }) => name).sort());
  });
});
