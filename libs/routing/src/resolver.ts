/**
 * Duty: resolve, from the snapshot to the model and the Problems. It is a list of passes: select by class, check each
 * Ingress by itself, link the objects that it names, settle conflicts host by host. What it remembers from one resolve
 * to the next only saves time: everything is asked for by the identity of the objects that it was made of.
 */
import { readSettings, type Settings, type SettingsReading } from '@gatehouse/annotations';
import { compareProblems, compareText, type Problem } from '@gatehouse/core';
import { hasSameContent, type ConfigMap, type Ingress, type Snapshot } from '@gatehouse/kube-model';
import { checkIngress } from './check/check-ingress.ts';
import type { CheckedIngress } from './check/checked-ingress.ts';
import { ageComparator } from './compare-age.ts';
import { linkGlobals, type Globals } from './link/link-globals.ts';
import { isStillLinked, linkIngress } from './link/link-ingress.ts';
import type { LinkedIngress } from './link/linked-ingress.ts';
import { worldOpener, type World } from './link/world.ts';
import type { HostModel } from './model.ts';
import type { RoutingOptions } from './options.ts';
import type { Resolution } from './resolution.ts';
import { rememberingSelector } from './select-ingress.ts';
import { hostSettler } from './settle/settle-hosts.ts';
import { sortFromBefore } from './sort-from-before.ts';

export interface Resolver {
  /** Makes the model of a snapshot. Total: no object of the declared types makes it throw. */
  resolve(snapshot: Snapshot, nowMs: number): Resolution;
}

/** A resolver of one set of flags. A long-lived one gives the same answers as a new one, only faster. */
export function createResolver(options: RoutingOptions): Resolver {
  const selectorOf = rememberingSelector(options);
  const settingsOf = rememberingSettings(options);
  const openWorld = worldOpener(options);
  const check = rememberingCheck(options);
  const link = rememberingLink();
  const settle = hostSettler(options);
  const compareAge = ageComparator(options.compatibility);
  const compareHosts = (a: HostModel, b: HostModel) => compareText(a.name, b.name);
  let globals: Globals = { problems: [] };
  let before: Resolution | undefined;

  return {
    resolve(snapshot, nowMs) {
      const problems = new Set(snapshot.problems);
      const { settings, problems: settingProblems } = settingsOf(snapshot);
      addAll(problems, settingProblems);
      const served = sortFromBefore(selectServed(snapshot, selectorOf(snapshot), problems), before?.served ?? [], compareAge);

      const world = openWorld(snapshot, nowMs);
      const globalsNow = linkGlobals(world, settings);
      if (!hasSameContent(globalsNow, globals)) globals = globalsNow;
      addAll(problems, globals.problems);

      const linked = served.map((ingress) => {
        const checked = check(ingress, settings);
        const one = link(checked, world, globals);
        addAll(problems, checked.problems);
        addAll(problems, one.problems);
        return one;
      });
      const hosts = new Set<HostModel>();
      for (const settled of settle(linked, globals.fallback)) {
        hosts.add(settled.model);
        addAll(problems, settled.problems);
      }
      const { defaultCertificate } = globals;
      before = Object.freeze({
        model: Object.freeze({
          hosts: sortFromBefore(hosts, before?.model.hosts ?? [], compareHosts),
          ...(defaultCertificate && { defaultCertificate }),
          settings,
        }),
        problems: sortFromBefore(problems, before?.problems ?? [], compareProblems),
        served,
      });
      return before;
    },
  };
}

function addAll(problems: Set<Problem>, found: readonly Problem[]): void {
  for (const problem of found) problems.add(problem);
}

function selectServed(
  snapshot: Snapshot,
  select: ReturnType<ReturnType<typeof rememberingSelector>>,
  problems: Set<Problem>,
): ReadonlySet<Ingress> {
  const served = new Set<Ingress>();
  for (const ingress of snapshot.ingresses.values()) {
    const selection = select(ingress);
    if (selection.isOurs) served.add(ingress);
    addAll(problems, selection.problems);
  }
  return served;
}

function rememberingSettings({ configMap: key }: RoutingOptions): (snapshot: Snapshot) => SettingsReading {
  let known: { readonly configMap: ConfigMap | undefined; readonly reading: SettingsReading } | undefined;
  return ({ configMaps }) => {
    const configMap = key && configMaps.get(key);
    if (known === undefined || known.configMap !== configMap) known = { configMap, reading: readSettings(configMap) };
    return known.reading;
  };
}

function rememberingCheck(options: RoutingOptions): (ingress: Ingress, settings: Settings) => CheckedIngress {
  let settingsBefore: Settings | undefined;
  let checked = new WeakMap<Ingress, CheckedIngress>();
  return (ingress, settings) => {
    if (settings !== settingsBefore) checked = new WeakMap();
    settingsBefore = settings;
    const known = checked.get(ingress);
    if (known !== undefined) return known;
    const made = checkIngress(ingress, { options, settings });
    checked.set(ingress, made);
    return made;
  };
}

type Link = (checked: CheckedIngress, world: World, globals: Globals) => LinkedIngress;

function rememberingLink(): Link {
  const linked = new WeakMap<CheckedIngress, LinkedIngress>();
  return (checked, world, { fallback }) => {
    const known = linked.get(checked);
    if (known !== undefined && isStillLinked(known, world, fallback?.backend)) return known;
    const made = linkIngress(checked, world, fallback?.backend);
    linked.set(checked, made);
    return made;
  };
}
