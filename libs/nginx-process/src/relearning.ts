/**
 * Duty: the configurations by which nginx forgets when it meant to ask for endpoints next, and no endpoint. A reload takes both
 * along, by the name and service of a server; so each upstream learns its endpoints under another service beside the first,
 * has that one alone, then both again, and the first in the end. Pure.
 */
export interface RelearningStep {
  readonly text: string;
  /** What nginx answers as its proof. */
  readonly proof: string;
  /** There is something to learn. */
  readonly learns: boolean;
}

const SERVER = /^( +server [a-z]+\.gatehouse service=[es])( .*)$/gm;
const second = (_: string, server: string, rest: string): string => `${server}2${rest}`;
const both = (line: string, server: string, rest: string): string => `${line}\n${server}2${rest}`;

/** Between a configuration of ours that runs and the same again; none where it learns nothing by DNS. */
export function relearningSteps(config: string, digest: string): readonly RelearningStep[] {
  if (config.search(SERVER) === -1) return [];
  return [both, second, both].map((servers, index) => {
    const proof = `starting ${digest} ${index}`;
    const text = config.replace(SERVER, servers).replace(`return 200 ${digest};`, `return 200 "${proof}";`);
    return { text, proof, learns: servers === both };
  });
}
