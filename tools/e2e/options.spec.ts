import { describe, expect, it } from '@jest/globals';
import { asksForAll, parseOptions } from './options.ts';

describe('the options of npm run e2e', () => {
  it('take the images from the environment', () => {
    const env = { BASE_IMAGE: 'mirror/debian:forky', KIND_NODE_IMAGE: 'mirror/node:v1' };
    expect(parseOptions([], env)).toMatchObject({ baseImage: 'mirror/debian:forky', nodeImage: 'mirror/node:v1' });
  });

  it('go before the environment', () => {
    const options = parseOptions(['--base', 'a', '--node-image=b'], { BASE_IMAGE: 'c', KIND_NODE_IMAGE: 'd' });
    expect(options).toMatchObject({ baseImage: 'a', nodeImage: 'b' });
  });

  it('leave a cluster that they name', () => {
    expect(parseOptions(['--cluster', 'mine'], {})).toMatchObject({ cluster: 'mine', keep: true });
    expect(parseOptions([], {})).toMatchObject({ keep: false });
  });

  it('choose suites and tests', () => {
    const options = parseOptions(['cafe', '-t', 'the Event'], {});
    expect(options.jest).toEqual(['cafe', '-t', 'the Event']);
    expect([asksForAll(options), asksForAll(parseOptions([], {}))]).toEqual([false, true]);
  });

  it('refuse what there is not', () => {
    expect(() => parseOptions(['--kep'], {})).toThrow('--kep');
  });
});
