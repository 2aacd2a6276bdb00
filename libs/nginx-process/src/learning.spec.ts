import { describe, expect, it } from '@jest/globals';
import { aBackend, aHost, aModel, aRoute, aStream, someRenderOptions } from '@gatehouse/testing';
import { createRenderer } from '@gatehouse/nginx';
import { questionsBetween, readLearning, type Learning } from './learning.ts';

const learningOf = (services: readonly string[], endpointDnsPort = 5301): Learning => {
  const routes = services.map((service) => aRoute({ path: `/${service}`, backend: aBackend(service) }));
  const bundle = createRenderer(someRenderOptions({ endpointDnsPort })).render(aModel([aHost({ routes })]));
  return readLearning(bundle.files.get('nginx.conf') ?? '');
};

describe('what nginx learns by DNS', () => {
  it('is read from a configuration as the renderer writes it', () => {
    const { names, questions, memory } = learningOf(['tea', 'coffee']);
    expect(names.size).toBe(2);
    expect(questions).toEqual(new Set([...names].map((name) => `_e._tcp.${name}.gatehouse`)));
    expect(memory).toBe('gatehouse_endpoints 128m');
  });

  it('is that of TCP and UDP ports as well', () => {
    const options = someRenderOptions({ endpointDnsPort: 5301 });
    const { files } = createRenderer(options).render(aModel([], { streams: [aStream()] }));
    for (const file of ['nginx.conf', 'start.conf']) {
      const { names, questions, memory } = readLearning(files.get(file) ?? '');
      expect(names.size).toBe(1);
      expect([...questions]).toEqual([expect.stringMatching(/^_s\._tcp\.[a-z]+\.gatehouse$/)]);
      expect(memory).toBe('gatehouse_endpoints 128m,gatehouse_stream_endpoints 8m');
    }
  });

  it('is what ran before had not, or all of it where that had other memory', () => {
    const [both, tea, none] = [learningOf(['tea', 'coffee']), learningOf(['tea']), readLearning('')];
    const coffee = [...both.questions.difference(tea.questions)];
    expect(coffee).toHaveLength(1);
    expect(questionsBetween(tea, both)).toEqual(coffee);
    expect([both, tea].flatMap((before) => questionsBetween(before, tea))).toEqual([]);
    expect(questionsBetween({ ...both, memory: 'gatehouse_endpoints 256m' }, tea)).toEqual([...tea.questions]);
    expect(questionsBetween(none, both)).toEqual([...both.questions]);
    expect(questionsBetween(none, readLearning('http { }'))).toEqual([]);
  });

  it('is another question for a port than for requests to the same upstream', () => {
    const server = (service: string) => readLearning(`  server abc.gatehouse service=${service} resolve;\n`);
    expect(questionsBetween(server('e'), server('s'))).toEqual(['_s._tcp.abc.gatehouse']);
  });
});
