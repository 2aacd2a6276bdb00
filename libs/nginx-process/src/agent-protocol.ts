/**
 * Duty: the words between the controller and the agent: requests are a method and a path, answers are JSON. Both sides
 * take the other for hostile, so all that is read is checked here. Pure.
 *
 *     GET  /machine        MachineFacts
 *     GET  /state          AgentState
 *     POST /test/DIGEST    { "kind": "accepted" } or a refusal
 *     POST /run/DIGEST     { "kind": "runs" } or a refusal
 *     POST /reload         {}
 *     POST /endpoints      {}; its body is a list of EndpointChange, which whoever takes them checks
 *
 * Status 200; 500 with { "fault": WORDS } when the machine does not let it; 4xx for what is no such request.
 */
import { isIP } from 'node:net';
import { err, ok, type Result } from '@gatehouse/core';
import type { Draining, EndpointChange, Refusal } from '@gatehouse/pipeline';
import { isDigest } from './digest.ts';
import type { MachineFacts } from './machine.ts';

type PlainOrder =
  { readonly kind: 'machine' | 'reload' | 'state' } | { readonly kind: 'run' | 'test'; readonly digest: string };

/** What method and path say; the body of `endpoints` is not read yet. */
export type AgentOrder = PlainOrder | { readonly kind: 'endpoints' };

export type AgentRequest = PlainOrder | { readonly kind: 'endpoints'; readonly changes: readonly EndpointChange[] };

export interface AgentState {
  /** Another one after every start of nginx that nobody asked for. */
  readonly epoch: string;
  readonly draining: Draining;
  /** What nginx proves to run. */
  readonly running?: string;
  /** How many workers of nginx were ended by signals since the agent began; left out: none. */
  readonly workerCrashes?: number;
  /** How often nginx was reloaded so that it asks for endpoints anew; left out: never. */
  readonly relearningReloads?: number;
  /** How often an upstream had other endpoints than nginx was told, and which ones last; left out: never. */
  readonly drifts?: { readonly count: number; readonly names: readonly string[] };
  /** When all upstreams had been compared last, in milliseconds since 1970; left out: not yet. */
  readonly comparedMs?: number;
}

/** Names of drifts. */
export const MOST_DRIFT_NAMES = 16;

/** More than any answer needs. */
export const LONGEST_ANSWER_BYTES = 65_536;
/** 20,000 names or endpoints need a quarter. */
export const LONGEST_BODY_BYTES = 8 * 1024 * 1024;
/** nginx itself cuts its lines there. */
const LONGEST_MESSAGE = 2048;
const MOST_RESOLVERS = 16;
const MOST_EVENTS = 1_000_000_000;
const MOST_PROCESSORS = 4096;
const MOST_WORKERS = 1_000_000;

/** Undefined for what is no request. */
export function parseAgentRequest(method: string, path: string): AgentOrder | undefined {
  switch (`${method} ${path}`) {
    case 'GET /machine':
      return { kind: 'machine' };
    case 'GET /state':
      return { kind: 'state' };
    case 'POST /reload':
      return { kind: 'reload' };
    case 'POST /endpoints':
      return { kind: 'endpoints' };
  }
  const [, order, digest = ''] = /^\/(run|test)\/([^/]*)$/.exec(path) ?? [];
  if (method !== 'POST' || (order !== 'run' && order !== 'test') || !isDigest(digest)) return undefined;
  return { kind: order, digest };
}

export function formatAgentRequest(request: AgentRequest): { readonly method: string; readonly path: string } {
  const method = request.kind === 'machine' || request.kind === 'state' ? 'GET' : 'POST';
  return { method, path: `/${request.kind}${'digest' in request ? `/${request.digest}` : ''}` };
}

/** What is sent with it. */
export function bodyOfRequest(request: AgentRequest): string {
  return request.kind === 'endpoints' ? JSON.stringify(request.changes) : '';
}

export function parseState(answer: unknown): Result<AgentState> {
  if (!isRecord(answer)) return err('its state is no object');
  const { epoch, running, draining, workerCrashes, relearningReloads, drifts, comparedMs } = answer;
  if (typeof epoch !== 'string' || !/^[0-9a-f]{1,64}$/.test(epoch)) return err('its state has no epoch');
  if (!isDraining(draining)) return err('its numbers of old workers are none');
  if (workerCrashes !== undefined && !isCount(workerCrashes, MOST_EVENTS)) return err('its crashes are no number');
  if (relearningReloads !== undefined && !isCount(relearningReloads, MOST_EVENTS))
    return err('its reloads are no number');
  if (drifts !== undefined && !isDrifts(drifts)) return err('its drifts are none');
  if (comparedMs !== undefined && !isCount(comparedMs, Number.MAX_SAFE_INTEGER)) return err('its time is none');
  const { workers, generations } = draining;
  const state = {
    ...{ epoch, draining: { workers, generations } },
    ...(workerCrashes === undefined ? {} : { workerCrashes }),
    ...(relearningReloads === undefined ? {} : { relearningReloads }),
    ...(drifts === undefined ? {} : { drifts: { count: drifts.count, names: drifts.names } }),
    ...(comparedMs === undefined ? {} : { comparedMs }),
  };
  if (running === undefined) return ok(state);
  if (typeof running !== 'string' || !isDigest(running)) return err('what it says to run is no digest');
  return ok({ ...state, running });
}

/** What came of an order; undefined: it was done. */
export function parseOutcome(answer: unknown): Result<Refusal | undefined> {
  if (!isRecord(answer)) return err('its answer is no object');
  const { kind, message, line } = answer;
  if (kind === 'accepted' || kind === 'runs') return ok(undefined);
  if (kind !== 'refused' || typeof message !== 'string') return err('its answer is of no known kind');
  const refusal: Refusal = { kind, message: cleanWords(message) };
  if (line === undefined) return ok(refusal);
  return isCount(line, Number.MAX_SAFE_INTEGER) ? ok({ ...refusal, line }) : err('the line it names is no number');
}

export function parseFault(answer: unknown): string | undefined {
  return isRecord(answer) && typeof answer['fault'] === 'string' ? cleanWords(answer['fault']) : undefined;
}

export function parseMachineFacts(answer: unknown): Result<MachineFacts> {
  if (!isRecord(answer)) return err('its machine is no object');
  const {
    nginx,
    lacksStreamFile,
    workerUser,
    openFileLimit,
    resolvers,
    processors,
    endpointDnsPort,
    takesLoopbackEndpoints,
  } = answer;
  if (typeof nginx !== 'string') return err('it does not say which nginx it has');
  if (typeof lacksStreamFile !== 'boolean') return err('it does not say whether a module is missing');
  if (!isCount(processors, MOST_PROCESSORS)) return err('its number of processors is none');
  if (!isResolvers(resolvers)) return err('its resolvers are no IP addresses');
  if (openFileLimit !== undefined && !isCount(openFileLimit, Number.MAX_SAFE_INTEGER))
    return err('its limit of open files is no number');
  if (endpointDnsPort !== undefined && !isCount(endpointDnsPort, 65_535))
    return err('the port that tells endpoints is none');
  if (workerUser !== undefined && !isUser(workerUser)) return err('its user of the workers is no user name');
  return ok({
    nginx,
    lacksStreamFile,
    processors,
    resolvers,
    ...(openFileLimit === undefined ? {} : { openFileLimit }),
    ...(workerUser === undefined ? {} : { workerUser }),
    ...(endpointDnsPort === undefined ? {} : { endpointDnsPort }),
    ...(takesLoopbackEndpoints === true ? { takesLoopbackEndpoints } : {}),
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For logs and Events: nginx' words have no use for control characters, and end somewhere. */
function cleanWords(words: string): string {
  return words.slice(0, LONGEST_MESSAGE).replace(/\p{Cc}/gu, ' ');
}

function isCount(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most;
}

function isDraining(value: unknown): value is Draining {
  return (
    isRecord(value) && ['workers', 'generations'].every((key) => value[key] === 0 || isCount(value[key], MOST_WORKERS))
  );
}

function isDrifts(value: unknown): value is NonNullable<AgentState['drifts']> {
  if (!isRecord(value) || !isCount(value['count'], MOST_EVENTS)) return false;
  const { names } = value;
  const isName = (name: unknown): boolean => typeof name === 'string' && /^[a-z]{16,40}$/.test(name);
  return Array.isArray(names) && names.length <= MOST_DRIFT_NAMES && names.every(isName);
}

function isResolvers(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length <= MOST_RESOLVERS &&
    value.every((item) => typeof item === 'string' && isIP(item) !== 0 && !item.includes('%'))
  );
}

function isUser(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z_][a-z0-9_-]{0,31}$/.test(value);
}
