/**
 * Duty: the figures of a running nginx: requests through it, and what reaches it without a reload.
 */
import type { Measured } from '../figure.ts';
import { measureController } from './measure-controller.ts';
import { measureEndpoints } from './measure-endpoints.ts';
import { measureHandshakes } from './measure-handshakes.ts';
import { measureThroughput } from './measure-throughput.ts';

export async function* measureDataplane(): AsyncIterable<Measured> {
  yield* measureThroughput();
  yield* measureHandshakes();
  yield* measureEndpoints();
  yield* measureController();
}
