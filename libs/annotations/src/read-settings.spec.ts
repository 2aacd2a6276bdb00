import { describe, expect, it } from '@jest/globals';
import { aConfigMap } from '@gatehouse/testing';
import fc from 'fast-check';
import { readSettings } from './read-settings.ts';
import { settingNames } from './setting-table.ts';
import { defaultSettings } from './settings.ts';

const read = (data: Readonly<Record<string, string>>) => readSettings(aConfigMap({ data }));

describe('the settings', () => {
  it('are the very defaults without a ConfigMap, and with an empty one', () => {
    expect(readSettings(undefined)).toEqual({ settings: defaultSettings, problems: [] });
    expect(readSettings(undefined).settings).toBe(defaultSettings);
    expect(read({}).settings).toBe(defaultSettings);
  });

  it('are what the ConfigMap says', () => {
    const { settings, problems } = read({
      'proxy-read-timeout': '3600',
      hsts: 'false',
      'worker-processes': '2',
      'ssl-protocols': 'TLSv1.3',
    });
    const { hsts: _, ...rest } = defaultSettings;
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      ...rest,
      routes: { ...rest.routes, readTimeoutMs: 3_600_000 },
      workerProcesses: 2,
      tlsProtocols: ['TLSv1.3'],
    });
  });

  it.each([
    ['proxy-body-size', '1x', 'SettingInvalid', '"1x" is not a size such as 8m, at most 1048576g, or 0 for no limit'],
    ['proxy-bodysize', '1m', 'SettingUnknown', 'no key "proxy-bodysize" exists; the nearest is proxy-body-size'],
    ['__proto__x', '1m', 'SettingUnknown', 'no key "__proto__x" exists'],
    ['use-gzip', 'true', 'SettingNotSupported', 'it is not supported: let the backends compress their answers'],
    [
      'http-snippet',
      'x',
      'SettingNotSupported',
      'it is not supported: snippets of nginx configuration are not supported, remove it',
    ],
  ])('report %s: %s, and stay at the default', (key, text, code, message) => {
    expect(read({ [key]: text })).toEqual({
      settings: defaultSettings,
      problems: [{ code, object: aConfigMap().ref, field: `data[${key}]`, message }],
    });
  });

  it.each([
    ['whitelist-source-range', '10/8', 'SettingProtectionInvalid'],
    ['denylist-source-range', 'all', 'SettingProtectionInvalid'],
    ['global-auth-url', 'http://auth', 'SettingProtectionNotSupported'],
    ['block-cidrs', '10.0.0.0/8', 'SettingProtectionNotSupported'],
    ['enable-modsecurity', 'true', 'SettingProtectionNotSupported'],
  ])('close all routes for %s: %s', (key, text, code) => {
    const { settings, problems } = read({ [key]: text });
    expect(problems).toMatchObject([{ code }]);
    expect(settings.routes.closedBecause).toBe(`setting ${key}: ${problems[0]?.message}`);
  });

  it.each([
    ['enable-modsecurity', 'false'],
    ['use-gzip', 'False'],
    ['reuse-port', 'true'],
    ['global-auth-url', ''],
    ['whitelist-source-range', ''],
    ['custom-http-errors', ' '],
  ])('are what they are anyway with %s: %j', (key, text) => {
    expect(read({ [key]: text })).toEqual({ settings: defaultSettings, problems: [] });
  });

  it('answer any ConfigMap, in any order alike', () => {
    const key = fc.oneof(fc.constantFrom(...settingNames, 'use-gzip', '__proto__', 'constructor'), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string()), { maxLength: 6 }), (pairs) => {
        const data = new Map(pairs);
        const configMap = { ...aConfigMap(), data };
        const reversed = { ...aConfigMap(), data: new Map([...data].reverse()) };
        expect(readSettings(configMap)).toEqual(readSettings(reversed));
      }),
    );
  });
});
