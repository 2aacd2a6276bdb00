/**
 * Duty: asking the running nginx which configuration it runs.
 */
import { request } from 'node:http';

const LONGEST_ANSWER_BYTES = 256;

/** The digest that nginx answers on the socket; undefined when it does not answer in time, for whatever reason. */
export async function askDigest(socketPath: string, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asking = request({ socketPath, agent: false, timeout: timeoutMs, headers: { host: 'proof' } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        if (text.length > LONGEST_ANSWER_BYTES) asking.destroy();
      });
      answer.once('close', () => resolve(answer.complete && answer.statusCode === 200 ? text.trim() : undefined));
    });
    asking.once('timeout', () => asking.destroy());
    asking.once('error', () => resolve(undefined));
    asking.end();
  });
}
