/**
 * Duty: asking a gate over HTTPS as an API server does, over connections that stay open, at a fixed rate or as fast as it
 * answers; an answer that is not the right one ends the measurement.
 */
import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Review } from './reviews.ts';

/** Go's client keeps this many connections to one host open. */
const CONNECTIONS = 25;

export class Asker {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, scheduling: 'lifo' });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Throws when the answer is none, or not the right one. */
  async ask({ uid, body, allowed }: Review): Promise<void> {
    const { status, text } = await this.#post(body);
    const answer = status === 200 ? (JSON.parse(text) as Answer).response : undefined;
    if (answer?.uid !== uid || answer.allowed !== allowed) {
      throw new Error(`the answer should be allowed: ${String(allowed)}, but it is ${status} ${text}\n${String(body)}`);
    }
  }

  /**
   * Asks at these moments whether the gate keeps up or not. The answer is how long each took in milliseconds, from the moment
   * at which it should have been asked; so what waits behind a slow one counts as slow itself.
   */
  async atRate(reviews: readonly Review[], { perSecond, seconds }: Rate): Promise<readonly number[]> {
    const beganMs = performance.now();
    const answers: Promise<number>[] = [];
    for (let number = 0; number < perSecond * seconds; number += 1) {
      const dueMs = beganMs + (number / perSecond) * 1000;
      const restMs = dueMs - performance.now();
      if (restMs > 0) await delay(restMs);
      answers.push(this.ask(turn(reviews, number)).then(() => performance.now() - dueMs));
      // Nobody awaits it before the end, and a rejection is not lost all the same.
      answers.at(-1)?.catch(() => undefined);
    }
    return Promise.all(answers);
  }

  /** Asks without a pause over several connections. The answer is how many were answered, within which time. */
  async atFullSpeed(reviews: readonly Review[], { atOnce, seconds }: FullSpeed): Promise<Answered> {
    const beganMs = performance.now();
    let number = 0;
    const worker = async (): Promise<void> => {
      while (performance.now() - beganMs < seconds * 1000) {
        number += 1;
        await this.ask(turn(reviews, number));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return { count: number, tookMs: performance.now() - beganMs };
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(body: Buffer): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const asking = request({
        ...{ agent: this.#agent, host: '127.0.0.1', port: this.#port, method: 'POST', path: '/validate?timeout=10s' },
        // Its certificate is its own making.
        rejectUnauthorized: false,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      });
      asking.once('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.once('error', reject);
      });
      asking.once('error', reject).end(body);
    });
  }
}

interface Answer {
  readonly response: { readonly uid: string; readonly allowed: boolean };
}

interface Rate {
  readonly perSecond: number;
  readonly seconds: number;
}

interface FullSpeed {
  readonly atOnce: number;
  readonly seconds: number;
}

export interface Answered {
  readonly count: number;
  readonly tookMs: number;
}

function turn(reviews: readonly Review[], number: number): Review {
  const review = reviews[number % reviews.length];
  if (review === undefined) throw new Error('there is no review to send');
  return review;
}
