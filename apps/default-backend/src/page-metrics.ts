/**
 * Duty: what Prometheus is told about the answers. No text of a request is in it: each label is a word of ours, and there are
 * a thousand series at the most.
 */
import type { ErrorReason, Language, PageFormat } from '@gatehouse/error-pages';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { ContentCoding } from './content-coding.ts';
import type { HostClass } from './reported-error.ts';

/** What is counted of one answer. */
export interface CountedAnswer {
  readonly status: number;
  readonly format: PageFormat;
  readonly language: Language;
  readonly reason: ErrorReason | undefined;
  readonly hostClass: HostClass;
  readonly coding: ContentCoding | undefined;
  /** From the end of the request's headers until the answer was handed on to the connection. */
  readonly tookMs: number;
}

/** An answer takes some ten microseconds; the first of each page a millisecond. */
const BUCKETS_SECONDS = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1,
];

/** Whoever never asks for the metrics shall not pay for that with memory. */
const MOST_ALIKE = 256;

interface Alike {
  readonly answer: CountedAnswer;
  count: number;
}

/**
 * A metric for each question, rather than one with all labels: a client who tries every code in every format and language
 * would make a hundred thousand series of that.
 */
export class PageMetrics {
  readonly #answers: Counter<'code' | 'format'>;
  readonly #languages: Counter<'language'>;
  readonly #reasons: Counter<'class' | 'reason'>;
  readonly #hosts: Counter<'host_class'>;
  readonly #codings: Counter<'coding'>;
  readonly #durations: Histogram;
  /** Answers that are alike since the metrics were last asked for: to add six of them up costs as much as half a page. */
  readonly #alike = new Map<string, Alike>();

  constructor(registry: Registry) {
    const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
      new Counter({
        ...{ name: `gatehouse_default_backend_${name}_total`, help, labelNames, registers: [registry] },
        collect: () => this.#addUp(),
      });
    this.#answers = counter('answers', 'Error pages by status and media type', ['code', 'format']);
    this.#languages = counter('languages', 'Error pages by language', ['language']);
    this.#reasons = counter('reasons', 'Error pages by class of status and the reason of the proxy', [
      'class',
      'reason',
    ]);
    this.#hosts = counter('hosts', 'Error pages by whose the request was: routed, unrouted, untrusted', ['host_class']);
    this.#codings = counter('codings', 'Error pages by how they were compressed', ['coding']);
    this.#durations = new Histogram({
      name: 'gatehouse_default_backend_duration_seconds',
      help: 'Time from the end of the headers of a request until its answer was handed on to the connection',
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
  }

  count(answer: CountedAnswer): void {
    this.#durations.observe(answer.tookMs / 1000);
    const { status, format, language, reason, hostClass, coding } = answer;
    const key = `${status} ${format} ${language} ${reason} ${hostClass} ${coding}`;
    const alike = this.#alike.get(key);
    if (alike !== undefined) {
      alike.count += 1;
      return;
    }
    if (this.#alike.size >= MOST_ALIKE) this.#addUp();
    this.#alike.set(key, { answer, count: 1 });
  }

  #addUp(): void {
    for (const { answer, count } of this.#alike.values()) {
      const { status, format, language, reason = 'none', hostClass, coding = 'identity' } = answer;
      this.#answers.inc({ code: status, format }, count);
      this.#languages.inc({ language }, count);
      this.#reasons.inc({ class: status < 500 ? '4xx' : '5xx', reason }, count);
      this.#hosts.inc({ host_class: hostClass }, count);
      this.#codings.inc({ coding }, count);
    }
    this.#alike.clear();
  }
}
