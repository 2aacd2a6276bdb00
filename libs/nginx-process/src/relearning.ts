/**
 * Duty: the configurations by which nginx forgets when it meant to ask for endpoints next, and no endpoint. A reload takes both
 * along, by the name and service of a server; so each upstream learns its endpoints under another service beside the first,
 * has that one alone, then both again, and the first in the end. Pure.
 */
import { readLearning } from './learning.ts';

export interface RelearningStep {
  readonly text: string;
  /** What nginx answers as its proof. */
  readonly proof: string;
  /** What nginx asks that it does not know from the step before; all there is under one of the two services, or none. */
  readonly learns: readonly string[];
}

/** In the order of their names here. */
export interface RelearningSteps {
  readonly both: RelearningStep;
  readonly second: RelearningStep;
  readonly bothAgain: RelearningStep;
  /** What ran before. */
  readonly first: RelearningStep;
}

const SERVER = /^( +server [a-z]+\.gatehouse service=[es])( .*)$/gm;
const second = (_: string, server: string, rest: string): string => `${server}2${rest}`;
const serviceOf = (question: string): 'first' | 'second' => (/^_[es]2/.test(question) ? 'second' : 'first');
const both = (line: string, server: string, rest: string): string => `${line}\n${server}2${rest}`;

/** Between a configuration of ours that runs and the same again; undefined where it learns nothing by DNS. */
export function relearningSteps(config: string, digest: string): RelearningSteps | undefined {
  if (config.search(SERVER) === -1) return undefined;
  const step = (servers: typeof both, index: number, learned?: 'first' | 'second'): RelearningStep => {
    const proof = `starting ${digest} ${index}`;
    const text = config.replace(SERVER, servers).replace(`return 200 ${digest};`, `return 200 "${proof}";`);
    const learns = [...readLearning(text).questions].filter((question) => serviceOf(question) === learned);
    return { text, proof, learns };
  };
  const first: RelearningStep = { text: config, proof: digest, learns: [] };
  return {
    both: step(both, 0, 'second'),
    second: step(second, 1),
    bothAgain: step(both, 2, 'first'),
    first,
  };
}
