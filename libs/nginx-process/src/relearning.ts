/**
 * Duty: the configurations by which nginx forgets when it meant to ask for endpoints next, and no endpoint. A reload takes both
 * along, by the name and service of a server; so each upstream learns its endpoints under another service beside the first,
 * has that one alone, then both again, and the first in the end. Pure.
 */
export type LearnedService = 'first' | 'second';

export interface RelearningStep {
  readonly text: string;
  /** What nginx answers as its proof. */
  readonly proof: string;
  /** Under which of the two services there is something to learn; left out: there is nothing. */
  readonly learns?: LearnedService | undefined;
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
const both = (line: string, server: string, rest: string): string => `${line}\n${server}2${rest}`;

/** Between a configuration of ours that runs and the same again; undefined where it learns nothing by DNS. */
export function relearningSteps(config: string, digest: string): RelearningSteps | undefined {
  if (config.search(SERVER) === -1) return undefined;
  const step = (servers: typeof both, index: number, learns?: LearnedService): RelearningStep => {
    const proof = `starting ${digest} ${index}`;
    const text = config.replace(SERVER, servers).replace(`return 200 ${digest};`, `return 200 "${proof}";`);
    return { text, proof, learns };
  };
  const first: RelearningStep = { text: config, proof: digest };
  return {
    both: step(both, 0, 'second'),
    second: step(second, 1),
    bothAgain: step(both, 2, 'first'),
    first,
  };
}
