import { describe, expect, it } from '@jest/globals';
import { aBackend, aHost, aModel, aRoute, aStream, someRenderOptions } from '@gatehouse/testing';
import { createRenderer } from '@gatehouse/nginx';
import { knowsAll, readLearning, type Learning } from './learning.ts';

const learningOf = (services: readonly string[], endpointDnsPort = 5301): Learning => {
  const routes = services.map((service) => aRoute({ path: `/${service}`, backend: aBackend(service) }));
  const bundle = createRenderer(someRenderOptions({ endpointDnsPort })).render(aModel([aHost({ routes })]));
  return readLearning(bundle.files.get('nginx.conf') ?? '');
};

describe('what nginx learns by DNS', () => {
  it('is read from a configuration as the renderer writes it', () => {
    const { names, memory } = learningOf(['tea', 'coffee']);
    expect(names.size).toBe(2);
    expect(memory).toBe('gatehouse_endpoints 128m');
  });

  it('is that of TCP and UDP ports as well', () => {
    const options = someRenderOptions({ endpointDnsPort: 5301 });
    const { files } = createRenderer(options).render(aModel([], { streams: [aStream()] }));
    for (const file of ['nginx.conf', 'start.conf']) {
      const { names, memory } = readLearning(files.get(file) ?? '');
      expect(names.size).toBe(1);
      expect(memory).toBe('gatehouse_endpoints 128m,gatehouse_stream_endpoints 8m');
    }
  });

  it('is known when what ran before had all of it in the same memory', () => {
    const [both, tea] = [learningOf(['tea', 'coffee']), learningOf(['tea'])];
    expect([knowsAll(both, tea), knowsAll(tea, both), knowsAll(both, both)]).toEqual([true, false, true]);
    expect(knowsAll({ ...both, memory: 'gatehouse_endpoints 256m' }, tea)).toBe(false);
    expect(knowsAll(readLearning(''), tea)).toBe(false);
    expect(knowsAll(readLearning(''), readLearning('http { }'))).toBe(true);
  });
});
