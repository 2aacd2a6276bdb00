/**
 * Duty: the ConfigMap of the controller, turned into Settings and Problems. A malformed value leaves the default; one
 * that protects closes all routes, because the default would open them.
 */
import { compareText, nearestName, quoteFound, type Problem, type ProblemCode } from '@gatehouse/core';
import type { ConfigMap } from '@gatehouse/kube-model';
import type { Settings } from './policy.ts';
import { settingNames, settingTable, type SettingName, type SettingValues } from './setting-table.ts';
import { assembleSettings, defaultSettings, defaultSettingValues } from './settings.ts';
import { unsupportedSettings } from './unsupported-settings.ts';

export interface SettingsReading {
  /** Frozen; the very object `defaultSettings` when there is no ConfigMap or nothing in it. */
  readonly settings: Settings;
  /** Sorted by key. */
  readonly problems: readonly Problem[];
}

interface Finding {
  readonly code: ProblemCode;
  readonly key: string;
  readonly message: string;
  readonly closes?: boolean;
}

const knownKeys = [...settingNames, ...unsupportedSettings.keys()];

/** What the ConfigMap says about the whole proxy, and what is wrong with it. */
export function readSettings(configMap: ConfigMap | undefined): SettingsReading {
  if (configMap === undefined || configMap.data.size === 0) return { settings: defaultSettings, problems: [] };
  const values: Partial<SettingValues> = {};
  const findings: Finding[] = [];
  for (const [key, text] of [...configMap.data].sort(([a], [b]) => compareText(a, b))) {
    if (!isSettingName(key)) {
      findings.push(...findUnhonoured(key, text));
      continue;
    }
    const result = settingTable[key].value.parse(text);
    if (result.ok) Object.assign(values, { [key]: result.value });
    else findings.push(findMalformed(key, result.error));
  }
  const closing = findings.find((finding) => finding.closes);
  const closedBecause = closing && `setting ${closing.key}: ${closing.message}`;
  return {
    settings: assembleSettings({ ...defaultSettingValues, ...values }, closedBecause),
    problems: findings.map(({ code, key, message }) => ({
      code,
      object: configMap.ref,
      field: `data[${/^[A-Za-z0-9._-]+$/.test(key) ? key : quoteFound(key)}]`,
      message,
    })),
  };
}

function findMalformed(key: SettingName, error: string): Finding {
  return settingTable[key].protects
    ? { code: 'SettingProtectionInvalid', key, message: error, closes: true }
    : { code: 'SettingInvalid', key, message: error };
}

function findUnhonoured(key: string, text: string): readonly Finding[] {
  const known = unsupportedSettings.get(key);
  if (known === undefined) return [{ code: 'SettingUnknown', key, message: describeUnknown(key) }];
  const value = text.trim().toLowerCase();
  if (value === '' || value === known.alike) return [];
  const message = `it is not supported: ${known.advice}`;
  return known.protects
    ? [{ code: 'SettingProtectionNotSupported', key, message, closes: true }]
    : [{ code: 'SettingNotSupported', key, message }];
}

function describeUnknown(key: string): string {
  const nearest = nearestName(key, knownKeys);
  return `no key ${quoteFound(key, 60)} exists${nearest === undefined ? '' : `; the nearest is ${nearest}`}`;
}

function isSettingName(key: string): key is SettingName {
  return Object.hasOwn(settingTable, key);
}
