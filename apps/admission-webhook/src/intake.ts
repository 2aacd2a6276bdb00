/**
 * Duty: how many requests are held at once, for how long, and which of them has the next turn. Must not know what their
 * bodies mean.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, Refusal } from '@gatehouse/http';
import type { Clock } from '@gatehouse/pipeline';
import { Places } from './places.ts';
import { reviewDeadlineMs } from './review-deadline.ts';
import { Turns } from './turns.ts';

export interface IntakeLimits {
  /** How long a request may wait for its turn when it does not say so itself. */
  readonly reviewTimeoutMs: number;
  /** Of the bodies larger than 64 KiB so many are held at once; the others have to wait. */
  readonly maxConcurrentReviews: number;
}

/** With 32 bodies of 4 MiB and what their reading takes, a process stays within the 768 MiB that it is deployed with. */
export const defaultIntakeLimits: IntakeLimits = { reviewTimeoutMs: 5000, maxConcurrentReviews: 32 };

export interface Intake {
  /** Requests that have begun and are not answered yet. */
  readonly inFlight: () => number;
  /**
   * Reads the body and calls `act` with it, when its turn has come. Throws a Refusal when there is no room (503), the body
   * comes too slowly (408) or is too large (413), or the turn comes too late for whoever asks (504).
   */
  take<T>(exchange: Exchange, act: (body: Uint8Array) => T): Promise<T>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The API server sends the object twice; etcd takes 1.5 MiB of it at most. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** All that are usual. Many of them weigh less than one of the largest, so they need no place and nothing keeps them out. */
const SMALL_BYTES = 64 * 1024;
/** Of all sizes; many times more than an API server asks at once. */
const MOST_IN_FLIGHT = 1000;

export function createIntake(limits: IntakeLimits, clock: Clock): Intake {
  const places = new Places(limits.maxConcurrentReviews);
  const turns = new Turns(clock);
  let inFlight = 0;
  return {
    inFlight: () => inFlight,
    async take({ request, response }, act) {
      // An API server comes back within its own time when it is told when.
      if (inFlight >= MOST_IN_FLIGHT) throw new Refusal(503, 'too many reviews are waiting', { 'Retry-After': '1' });
      inFlight += 1;
      const waiting = new AbortController();
      const { signal } = waiting;
      const limitMs = reviewDeadlineMs(request.url ?? '', limits.reviewTimeoutMs);
      let lacks: Lack = 'body';
      const cancel = clock.after(limitMs, () => waiting.abort(tooLate(lacks, limitMs)));
      const gone = (): void => waiting.abort(new Refusal(499, 'nobody waits for the answer'));
      response.once('close', gone);
      let giveBack = (): void => undefined;
      const leave = async (): Promise<void> => {
        lacks = 'room';
        giveBack = await places.take(signal);
        lacks = 'body';
      };
      try {
        const large = { beyondBytes: SMALL_BYTES, leave };
        const body = await readBody(request, { maxBytes: MAX_BODY_BYTES, signal, large });
        lacks = 'turn';
        return await turns.wait({ bytes: body.length, signal, act: () => act(body) });
      } finally {
        inFlight -= 1;
        cancel();
        response.off('close', gone);
        giveBack();
      }
    },
  };
}

/** What a request waits for. */
type Lack = 'body' | 'room' | 'turn';

function tooLate(lacks: Lack, limitMs: number): Refusal {
  const within = `within ${Math.round(limitMs)} ms`;
  if (lacks === 'body') return new Refusal(408, `the body was not there ${within}`);
  if (lacks === 'room') return new Refusal(503, `there was no room for the body ${within}`);
  return new Refusal(504, `the review could not begin ${within}`);
}
