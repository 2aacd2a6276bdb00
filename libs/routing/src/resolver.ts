/**
 * Duty: resolve, from the snapshot to the model and the Problems. It is a list of passes: select by class, check each
 * Ingress by itself, link the objects that it names, settle conflicts host by host. What it remembers from one resolve
 * to the next only saves time: it is used only where everything that it was made of is still the very same object.
 */
import { readSettings, type SettingsReading } from '@gatehouse/annotations';
import { compareProblems, type Problem } from '@gatehouse/core';
import { changedKeys, hasSameContent, type ConfigMap, type Ingress, type Snapshot } from '@gatehouse/kube-model';
import type { CheckedIngress } from './check/checked-ingress.ts';
import { checkRemembered, linkRemembered, type Changes } from './ingress-memory.ts';
import { linkGlobals, type Globals } from './link/link-globals.ts';
import { relinkBackend } from './link/relink-backend.ts';
import { worldOpener } from './link/world.ts';
import type { Backend } from './model.ts';
import type { RoutingOptions } from './options.ts';
import { rememberingOwnership } from './ownership/ownership-reader.ts';
import { rememberingPolicy } from './ownership/read-policy.ts';
import type { Resolution } from './resolution.ts';
import { rememberingSelector } from './select-ingress.ts';
import { servedSelector } from './select-served.ts';
import { sortTogether } from './sort-together.ts';
import { linkStreams, type Streams } from './streams/link-streams.ts';
import { partnerlessCanaries } from './settle/partnerless-canaries.ts';
import { hostSettler } from './settle/settle-hosts.ts';

export interface Resolver {
  /**
   * Makes the model of a snapshot. Total: no object of the declared types makes it throw. Nothing is remembered of
   * `passing`, an Ingress that will not come again.
   */
  resolve(snapshot: Snapshot, nowMs: number, passing?: Ingress): Resolution;
  /** `backend` with the endpoints that it has in another snapshot; undefined when its Service or port has gone, or has none. */
  relink(backend: Backend, snapshot: Snapshot): Backend | undefined;
}

/** The last resolve that came to its end. */
interface Before {
  readonly round: number;
  readonly snapshot: Snapshot;
  readonly problems: readonly Problem[];
}

/** A resolver of one set of flags. A long-lived one gives the same answers as a new one, only faster. */
export function createResolver(options: RoutingOptions): Resolver {
  const selectorOf = rememberingSelector(options);
  const settingsOf = rememberingSettings(options);
  const selectServed = servedSelector(options);
  const policyOf = rememberingPolicy(options);
  const ownershipOf = rememberingOwnership();
  const openWorld = worldOpener(options);
  const settle = hostSettler(options);
  const judgeCanaries = partnerlessCanaries();
  const sameGlobals = keepingSame<Globals>();
  const sameStreams = keepingSame<Streams>();
  let number = 0;
  let before: Before | undefined;

  return {
    relink: (backend, snapshot) => relinkBackend(backend, openWorld(snapshot, 0)),
    resolve(snapshot, nowMs, passing) {
      number += 1;
      const { settings, problems: settingProblems } = settingsOf(snapshot);
      const problems = new Set([...snapshot.problems, ...settingProblems]);
      const { policy, problems: policyProblems } = policyOf(snapshot);
      addAll(problems, policyProblems);
      const { ownership, problems: labelProblems } = ownershipOf(policy, snapshot);
      addAll(problems, labelProblems);
      const served = selectServed(snapshot, selectorOf(snapshot), passing);
      addAll(problems, served.problems);

      const world = openWorld(snapshot, nowMs);
      const globals = sameGlobals(linkGlobals(world, settings));
      const { fallback, defaultCertificate, sessionTicketKeys } = globals;
      const streams = sameStreams(linkStreams(world));
      for (const some of [globals.problems, streams.problems]) addAll(problems, some);

      const changes = before && changesSince(before, snapshot);
      const canaries: CheckedIngress[] = [];
      const linked = served.memories.map((memory) => {
        const checked = checkRemembered(memory, settings, options);
        if (checked.canaryHosts.length > 0) canaries.push(checked);
        const made = linkRemembered(memory, checked, { number, world, changes });
        addAll(problems, checked.problems);
        addAll(problems, made.problems);
        return made;
      });
      const settled = settle(linked, { globalFallback: fallback, ownership });
      for (const more of [settled.problems, judgeCanaries(canaries, linked)]) addAll(problems, more);
      const sorted = sortProblems(problems, before?.problems ?? []);
      before = { round: number, snapshot, problems: sorted };
      return Object.freeze({
        model: Object.freeze({
          hosts: settled.hosts,
          ...(defaultCertificate && { defaultCertificate }),
          ...(sessionTicketKeys && { sessionTicketKeys }),
          ...(fallback && { defaultBackend: fallback.backend }),
          settings,
          streams: streams.streams,
        }),
        problems: Object.freeze(sorted),
        policy,
        served: Object.freeze(served.memories.map(({ ingress }) => ingress)),
      });
    },
  };
}

/** Gives what it was given before for as long as that has the same content. */
function keepingSame<T>(): (now: T) => T {
  let kept: T | undefined;
  return (now) => {
    if (kept === undefined || !hasSameContent(now, kept)) kept = now;
    return kept;
  };
}

function addAll(problems: Set<Problem>, found: readonly Problem[]): void {
  for (const problem of found) problems.add(problem);
}

/** Those that were there before come in their order already. */
function sortProblems(problems: ReadonlySet<Problem>, before: readonly Problem[]): readonly Problem[] {
  const kept = before.filter((problem) => problems.has(problem));
  return sortTogether(kept, [...problems.difference(new Set(kept))], compareProblems);
}

function changesSince({ round, snapshot: before }: Before, now: Snapshot): Changes {
  const services = changedKeys(before.services, now.services);
  const endpointSlices = changedKeys(before.endpointSlices, now.endpointSlices);
  const secrets = changedKeys(before.secrets, now.secrets);
  const isEmpty = services.size + endpointSlices.size + secrets.size === 0;
  return { sinceRound: round, isEmpty, services, endpointSlices, secrets };
}

function rememberingSettings({ configMap: key }: RoutingOptions): (snapshot: Snapshot) => SettingsReading {
  let known: { readonly configMap: ConfigMap | undefined; readonly reading: SettingsReading } | undefined;
  return ({ configMaps }) => {
    const configMap = key && configMaps.get(key);
    if (known === undefined || known.configMap !== configMap) known = { configMap, reading: readSettings(configMap) };
    return known.reading;
  };
}
