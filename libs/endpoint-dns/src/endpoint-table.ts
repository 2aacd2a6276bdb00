/**
 * Duty: which endpoints each name has now, as answers to DNS queries. Must not know who asks.
 */
import { hash } from 'node:crypto';
import { isIP } from 'node:net';
import type { Endpoint, EndpointChange } from '@gatehouse/pipeline';
import { addressAnswer, srvAnswer, truncatedAnswer, type AnswerTemplate, type SrvTarget } from './dns-message.ts';

/** Where a name without endpoints leads to. */
export interface Sentinel {
  /** Requests: a server of nginx' own that answers 503. */
  readonly address: string;
  /** Connections and datagrams of TCP and UDP ports: nobody listens there. */
  readonly nobody: string;
  readonly port: number;
}

/** How an answer is sent. nginx takes datagrams of 4 KiB, without having said so by EDNS. */
export type Transport = 'tcp' | 'udp';
const BYTES: Readonly<Record<Transport, number>> = { udp: 4096, tcp: 0xff_ff };

/**
 * nginx asks for `_e._tcp.NAME.gatehouse` when a server is called `NAME.gatehouse` and its service `e`. It is `s` where the
 * server is one of a TCP or UDP port, and has a 2 behind it while nginx learns everything anew beside what it knows.
 */
const QUESTION = /^_([es])2?\._tcp\.([a-z]{16,40})\.gatehouse$/;

/** Of targets that no name has any more. nginx may have heard of one just before, and still ask where it is. */
const MOST_RETIRED = 20_000;
const SENTINEL_TARGET = 'none.ep';
const NOBODY_TARGET = 'nobody.ep';
/** Of a name that is not known: no change has this number. */
const UNKNOWN = 0;

interface Entry {
  readonly generation: number;
  readonly endpoints: readonly Endpoint[];
  readonly targets: readonly SrvTarget[];
  /** By question and transport. */
  readonly answers: Map<string, AnswerTemplate>;
}

interface Address {
  readonly address: string;
  /** How many names have it. */
  uses: number;
}

/** Whether a question is about the endpoints of a name of ours. */
export function isAboutEndpoints(question: string): boolean {
  return QUESTION.test(question);
}

/** All that can be asked about the endpoints of a name. */
export function questionsAbout(name: string): readonly string[] {
  return ['e', 's', 'e2', 's2'].map((service) => `_${service}._tcp.${name}.gatehouse`);
}

export class EndpointTable {
  readonly #names = new Map<string, Entry>();
  readonly #addresses = new Map<string, Address>();
  readonly #retired = new Map<string, string>();
  readonly #sentinel: Sentinel;
  #generation = UNKNOWN;

  constructor(sentinel: Sentinel) {
    this.#sentinel = sentinel;
  }

  /** Takes checked changes; the questions whose answers are others than before. */
  set(changes: readonly EndpointChange[]): readonly string[] {
    this.#generation += 1;
    const changed = new Set<string>();
    for (const { name, endpoints } of changes) {
      const before = this.#names.get(name);
      if (endpoints === 'forgotten' ? before === undefined : isSame(before?.endpoints, endpoints)) continue;
      changed.add(name);
      // The new ones first: a target that stays is never retired.
      if (endpoints === 'forgotten') this.#names.delete(name);
      else this.#names.set(name, this.#makeEntry(endpoints));
      for (const target of before?.targets ?? []) this.#release(target.target);
    }
    return [...changed].flatMap(questionsAbout);
  }

  /** Grows with each change of what the name in a question has; 0 while it is not known. */
  generationOf(question: string): number {
    return this.#names.get(nameIn(question))?.generation ?? UNKNOWN;
  }

  /** The endpoints of the name in a question; undefined while it is not known. */
  endpointsAnswer(question: string, transport: Transport): AnswerTemplate | undefined {
    const entry = this.#names.get(nameIn(question));
    if (entry === undefined) return undefined;
    const key = `${transport} ${question}`;
    const answer = entry.answers.get(key) ?? makeAnswer(question, this.#targetsOf(entry, question), transport);
    entry.answers.set(key, answer);
    return answer;
  }

  /** The address of a target; undefined for one that was not known lately. */
  targetAnswer(name: string, type: 'A' | 'AAAA'): AnswerTemplate | undefined {
    const address = this.#addressOf(name);
    if (address === undefined) return undefined;
    const isOfType = isIP(address) === (type === 'A' ? 4 : 6);
    return addressAnswer({ name, type }, isOfType ? address : undefined);
  }

  #addressOf(target: string): string | undefined {
    if (target === SENTINEL_TARGET) return this.#sentinel.address;
    if (target === NOBODY_TARGET) return this.#sentinel.nobody;
    return this.#addresses.get(target)?.address ?? this.#retired.get(target);
  }

  #makeEntry(endpoints: readonly Endpoint[]): Entry {
    const targets = endpoints.map((endpoint) => this.#hold(endpoint));
    return { generation: this.#generation, endpoints, targets, answers: new Map() };
  }

  #targetsOf({ targets }: Entry, question: string): readonly SrvTarget[] {
    if (targets.length > 0) return targets;
    const target = /^_s2?\./.test(question) ? NOBODY_TARGET : SENTINEL_TARGET;
    return [{ target, port: this.#sentinel.port, weight: 1 }];
  }

  #hold({ address, port, weight }: Endpoint): SrvTarget {
    const target = targetOf(address, port);
    const known = this.#addresses.get(target);
    if (known === undefined) this.#addresses.set(target, { address, uses: 1 });
    else known.uses += 1;
    this.#retired.delete(target);
    return { target, port, weight };
  }

  #release(target: string): void {
    const known = this.#addresses.get(target);
    if (known === undefined || --known.uses > 0) return;
    this.#addresses.delete(target);
    this.#retired.set(target, known.address);
    const [oldest] = this.#retired.keys();
    if (this.#retired.size > MOST_RETIRED && oldest !== undefined) this.#retired.delete(oldest);
  }
}

function nameIn(question: string): string {
  return QUESTION.exec(question)?.[2] ?? '';
}

/** Says that it is truncated when not all fit; over TCP those left out are left out. */
function makeAnswer(question: string, targets: readonly SrvTarget[], transport: Transport): AnswerTemplate {
  const { message, leftOut } = srvAnswer(question, targets, BYTES[transport]);
  return leftOut > 0 && transport === 'udp' ? truncatedAnswer({ name: question, type: 'SRV' }) : message;
}

/**
 * A name of its own for each endpoint, the same whenever it comes back: `hash … consistent` goes by these names, and nginx
 * remembers their addresses for an hour. From a digest, so that what a tenant writes becomes no name.
 */
function targetOf(address: string, port: number): string {
  return `${hash('sha256', `${address} ${port}`).slice(0, 20)}.ep`;
}

function isSame(before: readonly Endpoint[] | undefined, after: readonly Endpoint[]): boolean {
  if (before?.length !== after.length) return false;
  return before.every(({ address, port, weight }, index) => {
    const other = after[index];
    return other?.address === address && other.port === port && other.weight === weight;
  });
}
