/**
 * Duty: the gate as a function: from what an API server would send to the answer that it would get, with all that every
 * answer has to be.
 */
import { AdmissionIndex, createReviewer, parseReview, renderAnswer, type AdmissionAnswer } from '@gatehouse/admission';
import type { RoutingOptions } from '@gatehouse/routing';
import type { Json } from './broken-json.ts';
import type { Cluster } from './cluster.ts';

/** Of one review, in milliseconds of processor time; generous, since the machine does other things at the same time. */
const CPU_LIMIT_MS = 250;
/** Collecting garbage may fall upon any one review. */
const ATTEMPTS = 3;

export interface Ask {
  readonly operation: 'CREATE' | 'DELETE' | 'UPDATE';
  readonly object?: Json;
  readonly oldObject?: Json;
  readonly nowMs: number;
}

export interface Answered {
  readonly allowed: boolean;
  readonly answer: AdmissionAnswer;
}

export class FuzzedGate {
  readonly #index: AdmissionIndex;
  readonly #reviewer: ReturnType<typeof createReviewer>;
  #slowestMs = 0;

  /** Judges by what is in the cluster. */
  constructor(cluster: Cluster, routing: RoutingOptions) {
    this.#index = new AdmissionIndex(routing);
    cluster.store.observe((before, now) => this.#index.change(before, now));
    this.#reviewer = createReviewer(routing);
  }

  /** In milliseconds of processor time. */
  get slowestMs(): number {
    return this.#slowestMs;
  }

  /**
   * Undefined for what no API server sends. Throws when the answer is not well-formed, is another one the second time, or
   * takes too long.
   */
  ask(ask: Ask): Answered | undefined {
    const first = this.#timed(ask);
    const second = this.#answer(ask);
    if (JSON.stringify(first) !== JSON.stringify(second)) {
      throw new Error(`two answers to one question: ${JSON.stringify(first)} and ${JSON.stringify(second)}`);
    }
    if (first !== undefined) checkAnswer(first.answer);
    return first;
  }

  #timed(ask: Ask): Answered | undefined {
    let leastMs = Infinity;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const began = process.cpuUsage();
      const answered = this.#answer(ask);
      const { user, system } = process.cpuUsage(began);
      leastMs = Math.min(leastMs, (user + system) / 1000);
      if (leastMs <= CPU_LIMIT_MS) {
        this.#slowestMs = Math.max(this.#slowestMs, leastMs);
        return answered;
      }
    }
    throw new Error(`the review took ${leastMs.toFixed(0)} ms of processor time`);
  }

  #answer({ operation, object, oldObject, nowMs }: Ask): Answered | undefined {
    const kind = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };
    const uid = 'b5a4fd0a-0000-4000-8000-000000000001';
    const request = {
      uid,
      kind,
      operation,
      namespace: 'default',
      object: object ?? null,
      oldObject: oldObject ?? null,
    };
    const body = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
    const parsed = parseReview(JSON.parse(body));
    if (!parsed.ok) return undefined;
    const verdict = this.#reviewer.review(parsed.value, { index: this.#index, nowMs });
    if (!verdict.ok) return undefined;
    const answer = renderAnswer(uid, verdict.value);
    return { allowed: answer.response.allowed, answer };
  }
}

/** What the API server cuts off, or reads as something else. */
const LONGEST_WARNING = 256;
const WARNINGS_TOGETHER = 4096;
/** Far more than anybody reads, and far less than the API server takes. */
const LONGEST_MESSAGE = 65_536;

/** Throws what is wrong with an answer. The text is for a terminal. */
export function checkAnswer({ response }: AdmissionAnswer): void {
  const { uid, allowed, status, warnings = [] } = response;
  const message = status?.message ?? '';
  const faults = [
    uid === '' ? 'it belongs to no request' : '',
    allowed === (status === undefined) ? '' : 'a denial has a status, and nothing else does',
    !allowed && message === '' ? 'it says no reason' : '',
    message.length > LONGEST_MESSAGE ? `its message has ${message.length} characters` : '',
    /[\p{Cs}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.test(message)
      ? 'its message holds control characters'
      : '',
    warnings.some((line) => line.length > LONGEST_WARNING || line === '') ? 'a warning is too long, or empty' : '',
    warnings.some((line) => /[\p{Cs}\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(line))
      ? 'a warning holds control characters'
      : '',
    warnings.reduce((sum, line) => sum + line.length, 0) > WARNINGS_TOGETHER ? 'its warnings are too long' : '',
  ].filter((fault) => fault !== '');
  if (faults.length > 0) throw new Error(`${faults.join('; ')}: ${JSON.stringify(response)}`);
}
