import { describe, expect, it } from '@jest/globals';
import { createRenderer } from '@gatehouse/nginx';
import { aBackend, aHost, aModel, aRoute, someRenderOptions } from '@gatehouse/testing';
import { readLearning } from './learning.ts';
import { relearningSteps, type RelearningStep } from './relearning.ts';

describe('learning endpoints anew', () => {
  const options = someRenderOptions({ endpointDnsPort: 5301 });
  const routes = ['tea', 'coffee'].map((path) => aRoute({ path: `/${path}`, backend: aBackend(path) }));
  const bundle = createRenderer(options).render(aModel([aHost({ routes })]));
  const config = bundle.files.get('nginx.conf') ?? '';
  const stepsOf = (text: string): readonly RelearningStep[] =>
    Object.values<RelearningStep>({ ...relearningSteps(text, bundle.digest) });
  const servicesIn = (text: string): string[] =>
    [...text.matchAll(/ service=(\S+) /g)].map(([, service = '']) => service);

  it('keeps for each upstream a server that it knows already, until all have been asked about under both services', () => {
    const steps = stepsOf(config);
    expect(servicesIn(config)).toEqual(['e', 'e']);
    expect(steps.map(({ text }) => servicesIn(text))).toEqual([
      ['e', 'e2', 'e', 'e2'],
      ['e2', 'e2'],
      ['e', 'e2', 'e', 'e2'],
      ['e', 'e'],
    ]);
    const questions = [...readLearning(config).questions];
    const secondQuestions = questions.map((question) => question.replace('_e.', '_e2.'));
    expect(steps.map(({ learns }) => learns)).toEqual([secondQuestions, [], questions, []]);
  });

  it('changes nothing but servers and the proof, which is another one each time', () => {
    const steps = stepsOf(config);
    expect(steps.at(-1)).toMatchObject({ text: config, proof: bundle.digest });
    for (const { text, proof } of steps.slice(0, -1)) {
      expect(text).toContain(`return 200 "${proof}";`);
      expect(text.replace(/^.*service=e2.*\n/gm, '').replace(`"${proof}"`, bundle.digest)).toBe(
        config.replace(/^.*service=e .*\n/gm, (line) => (servicesIn(text).includes('e') ? line : '')),
      );
      const [{ names, memory }, before] = [readLearning(text), readLearning(config)];
      expect({ names, memory }).toEqual({ names: before.names, memory: before.memory });
    }
    expect(new Set(steps.map(({ proof }) => proof)).size).toBe(4);
  });

  it('has no steps where endpoints stand in the configuration', () => {
    const { files, digest } = createRenderer(someRenderOptions()).render(aModel([aHost({ routes })]));
    expect(relearningSteps(files.get('nginx.conf') ?? '', digest)).toBeUndefined();
  });
});
