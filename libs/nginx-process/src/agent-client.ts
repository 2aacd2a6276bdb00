/**
 * Duty: asking the agent over its unix socket. Takes every answer for hostile: its size and its time are bounded.
 */
import { request as httpRequest } from 'node:http';
import { err, ok, type Result } from '@gatehouse/core';
import {
  bodyOfRequest,
  formatAgentRequest,
  LONGEST_ANSWER_BYTES,
  parseFault,
  type AgentRequest,
} from './agent-protocol.ts';

export interface AgentCall {
  readonly socket: string;
  readonly timeoutMs: number;
  /** Ends the waiting for an answer. */
  readonly signal: AbortSignal;
}

/**
 * The answer's content as `parse` reads it. Throws when the agent does not answer, says that the machine does not let it,
 * or what it says is no such answer.
 */
export async function askAgent<T>(
  request: AgentRequest,
  call: AgentCall,
  parse: (answer: unknown) => Result<T>,
): Promise<T> {
  const { status, text } = await exchange(request, call);
  const json = parseJson(text);
  const fault = parseFault(json.ok ? json.value : undefined);
  if (status !== 200) throw new Error(fault ?? `the proxy's agent answers ${status} to ${request.kind}`);
  const answer = json.ok ? parse(json.value) : json;
  if (!answer.ok) throw new Error(`the proxy's agent answers ${request.kind} wrongly: ${answer.error}`);
  return answer.value;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function exchange(request: AgentRequest, { socket, timeoutMs, signal }: AgentCall): Promise<Answer> {
  signal.throwIfAborted();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const fail = (reason: string, cause?: unknown): Error => {
    if (signal.aborted && signal.reason instanceof Error) return signal.reason;
    const shown = limit.aborted ? `nothing came within ${timeoutMs} ms` : reason;
    return new Error(`the proxy's agent does not answer on ${socket}: ${shown}`, { cause });
  };
  return new Promise((resolve, reject) => {
    const options = { ...formatAgentRequest(request), socketPath: socket, agent: false, signal: limit };
    const body = bodyOfRequest(request);
    const headers = { host: 'agent', ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }) };
    const asking = httpRequest({ ...options, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > LONGEST_ANSWER_BYTES) asking.destroy(new Error('its answer has no end'));
      });
      response.once('error', (error) => reject(fail(error.message, error)));
      response.once('close', () => {
        if (response.complete) resolve({ status: response.statusCode ?? 0, text });
        else reject(fail('its answer broke off'));
      });
    });
    // Without a listener nothing would be told at all.
    asking.once('upgrade', (_response, connection) => {
      connection.destroy();
      reject(fail('it changes to another protocol'));
    });
    asking.once('error', (error) => reject(fail(error.message, error)));
    asking.end(body);
  });
}

function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return err('it is no JSON');
  }
}
