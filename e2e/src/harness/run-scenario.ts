/**
 * Duty: running a scenario on a driver: its objects are applied step by step, its requests asked, the answers compared.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Answer } from './ask.ts';
import type { Echo } from './echo-backend.ts';
import type { ScenarioDriver, ScenarioSession } from './scenario-driver.ts';
import { ScenarioObjects } from './scenario-objects.ts';
import type { Expectation, Request, Scenario, Step } from './scenario.ts';

const RETRY_MS = 100;

/** Runs all steps; throws (by expect) at the first answer that is not as expected. */
export async function runScenario(scenario: Scenario, driver: ScenarioDriver): Promise<void> {
  const session = await driver.open(scenario);
  try {
    const objects = await ScenarioObjects.prepare(scenario, session);
    for (const step of scenario.steps) {
      if (step.objects !== undefined) await session.apply(await objects.around(step.objects));
      await checkWithPatience(session, step);
    }
  } finally {
    await session.close();
  }
}

async function checkWithPatience(session: ScenarioSession, step: Step): Promise<void> {
  const deadlineMs = performance.now() + session.patienceMs;
  for (;;) {
    try {
      await checkStep(session, step);
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await delay(RETRY_MS);
    }
  }
}

async function checkStep(session: ScenarioSession, step: Step): Promise<void> {
  for (const request of step.requests ?? []) {
    const answer = await session.ask(request);
    expect({ ask: request.ask, ...seen(answer, request.expect) }).toEqual({
      ask: request.ask,
      ...wanted(request, session.ports.httpsPort),
    });
  }
  const problems = session.problems();
  if (step.problems !== undefined && problems !== undefined) expect(problems).toEqual([...step.problems].sort());
}

/** The expectation as `seen` prints it. */
function wanted({ expect: expectation }: Request, httpsPort: number): object {
  const { bodyIncludes, certificateFor, headers, ...rest } = expectation;
  const namesPort = ([name, value]: [string, string | null]): [string, string | null] => [
    name,
    value?.replaceAll('HTTPS_PORT', String(httpsPort)) ?? null,
  ];
  return {
    ...rest,
    ...(headers === undefined ? {} : { headers: Object.fromEntries(Object.entries(headers).map(namesPort)) }),
    ...(bodyIncludes === undefined ? {} : { bodyIncludes: true }),
    ...(certificateFor === undefined ? {} : { certificateFor: true }),
  };
}

/** Of an answer, just what the expectation speaks of, in the same shape. */
function seen(answer: Answer, expectation: Expectation): object {
  const echo = parseEcho(answer.body);
  const pick = (from: Readonly<Record<string, unknown>>, names: object): object =>
    Object.fromEntries(Object.keys(names).map((name) => [name, from[name.toLowerCase()] ?? null]));
  return {
    status: answer.status,
    ...(expectation.backend === undefined ? {} : { backend: echo?.backend ?? answer.body }),
    ...(expectation.path === undefined ? {} : { path: echo?.path }),
    ...(expectation.method === undefined ? {} : { method: echo?.method }),
    ...(expectation.sees === undefined ? {} : { sees: pick(echo?.headers ?? {}, expectation.sees) }),
    ...(expectation.headers === undefined ? {} : { headers: pick(answer.headers, expectation.headers) }),
    ...(expectation.bodyIncludes === undefined
      ? {}
      : { bodyIncludes: answer.body.includes(expectation.bodyIncludes) || answer.body }),
    ...(expectation.certificateFor === undefined
      ? {}
      : {
          certificateFor:
            answer.certificateNames.includes(`DNS:${expectation.certificateFor}`) || answer.certificateNames,
        }),
  };
}

function parseEcho(body: string): Echo | undefined {
  try {
    return JSON.parse(body) as Echo;
  } catch {
    return undefined;
  }
}
