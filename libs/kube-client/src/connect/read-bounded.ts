/**
 * Duty: a whole answer in memory, but never more of it than allowed.
 */
import { KubeApiError, type KubeRequest } from '../kube-api.ts';
import { errorOfConnection } from './answer-error.ts';

/** All bytes of `body`. Throws a KubeApiError with the reason AnswerTooLarge as soon as there are more than `maxBytes`. */
export async function readBounded(
  { method = 'GET', path }: KubeRequest,
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      // Leaving the loop ends the request.
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw errorOfConnection(`${method} ${path}`, error);
  }
  if (size <= maxBytes) return Buffer.concat(chunks, size);
  const message = `${method} ${path}: the answer is larger than ${maxBytes} bytes`;
  throw new KubeApiError(message, { status: 0, reason: 'AnswerTooLarge' });
}
