import { describe, expect, it } from '@jest/globals';
import { compareText } from '@gatehouse/core';
import { aConfigMap } from '@gatehouse/testing';
import { readSettings } from './read-settings.ts';
import { settingNames, settingTable } from './setting-table.ts';
import { defaultSettings } from './settings.ts';
import { unsupportedSettings } from './unsupported-settings.ts';

describe('the table of settings', () => {
  it('is sorted by name', () => {
    expect(settingNames).toEqual(settingNames.toSorted(compareText));
  });

  it('knows every ConfigMap key of ingress-nginx, supported or not: 210, once each', () => {
    expect(settingNames.filter((name) => unsupportedSettings.has(name))).toEqual([]);
    expect(settingNames.length + unsupportedSettings.size).toBe(210);
  });

  it.each(settingNames)('%s has an example that changes the settings without any Problem', (name) => {
    const { settings, problems } = readSettings(aConfigMap({ data: { [name]: settingTable[name].example } }));
    expect(problems).toEqual([]);
    expect(settings).not.toEqual(defaultSettings);
  });

  it.each(settingNames)('%s has a default that changes nothing', (name) => {
    const { settings, problems } = readSettings(aConfigMap({ data: { [name]: settingTable[name].defaultText } }));
    expect({ settings, problems }).toEqual({ settings: defaultSettings, problems: [] });
  });

  it.each([...unsupportedSettings])('%s, which is not supported, comes with advice', (_, { advice }) => {
    expect(advice).toMatch(/^\S.*[^.]$/);
  });
});

describe('the default settings', () => {
  it('are those of ingress-nginx, but for the idle connections, which count for each backend here', () => {
    expect(defaultSettings).toEqual({
      routes: {
        backendProtocol: 'HTTP',
        regexPaths: false,
        tlsRedirect: 'whenHostHasTls',
        bodyBytes: 1_048_576,
        connectTimeoutMs: 5000,
        sendTimeoutMs: 60_000,
        readTimeoutMs: 60_000,
        allowedNetworks: [],
        deniedNetworks: [],
        errorCodes: [],
        interceptsErrors: true,
      },
      http2: true,
      portInTlsRedirects: false,
      hsts: { maxAgeSeconds: 31_536_000, includeSubdomains: true, preload: false },
      tlsProtocols: ['TLSv1.2', 'TLSv1.3'],
      tlsCiphers: expect.arrayContaining(['ECDHE-ECDSA-AES128-GCM-SHA256', 'DHE-RSA-CHACHA20-POLY1305']),
      noTlsRedirectPaths: ['/.well-known/acme-challenge'],
      tlsRedirectStatus: 308,
      tlsSessionTickets: false,
      upstreamKeepaliveConnections: 32,
      clientHeaderTimeoutMs: 60_000,
      clientBodyTimeoutMs: 60_000,
      keepAliveTimeoutMs: 75_000,
      workerShutdownTimeoutMs: 240_000,
      workerProcesses: 0,
      accessLog: true,
      streams: { idleTimeoutMs: 600_000, triesNext: true, triesTimeoutMs: 600_000, tries: 3, udpAnswers: 1 },
      clients: {
        proxyProtocol: false,
        forwardedHeaders: false,
        realIp: false,
        forwardedForHeader: 'X-Forwarded-For',
        fullForwardedFor: false,
        trustedNetworks: ['0.0.0.0/0'],
      },
    });
  });

  it('are frozen', () => {
    expect(Object.isFrozen(defaultSettings) && Object.isFrozen(defaultSettings.routes)).toBe(true);
  });
});
