/**
 * Duty: the figures of what reaches a running nginx without a reload.
 */
import type { Measured } from '../figure.ts';
import { measureEndpoints } from './measure-endpoints.ts';
import { measureHandshakes } from './measure-handshakes.ts';

export async function* measureDataplane(): AsyncIterable<Measured> {
  yield* measureHandshakes();
  yield* measureEndpoints();
}
