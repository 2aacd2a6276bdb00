/**
 * Duty: the values of all ConfigMap keys put together into Settings, frozen; and the Settings of an empty ConfigMap.
 */
import { settingNames, settingTable, type SettingValues } from './setting-table.ts';
import type { ClientSettings, HstsSettings, RoutePolicy, Settings, StreamSettings } from './policy.ts';

/** Settings out of one value for each key. `closedBecause` closes every route. */
export function assembleSettings(values: SettingValues, closedBecause?: string): Settings {
  return Object.freeze({
    routes: assembleRoutes(values, closedBecause),
    http2: values['use-http2'],
    ...assembleHsts(values),
    tlsProtocols: Object.freeze(values['ssl-protocols']),
    tlsCiphers: Object.freeze(values['ssl-ciphers']),
    tlsSessionTickets: values['ssl-session-tickets'],
    noTlsRedirectPaths: Object.freeze(values['no-tls-redirect-locations']),
    tlsRedirectStatus: values['http-redirect-code'],
    portInTlsRedirects: values['use-port-in-redirects'],
    upstreamKeepaliveConnections: values['upstream-keepalive-connections'],
    clientHeaderTimeoutMs: values['client-header-timeout'],
    clientBodyTimeoutMs: values['client-body-timeout'],
    keepAliveTimeoutMs: values['keep-alive'],
    workerShutdownTimeoutMs: values['worker-shutdown-timeout'],
    workerProcesses: values['worker-processes'],
    accessLog: !values['disable-access-log'],
    streams: assembleStreams(values),
    clients: assembleClients(values),
  });
}

function assembleRoutes(values: SettingValues, closedBecause: string | undefined): RoutePolicy {
  return Object.freeze({
    ...(closedBecause === undefined ? {} : { closedBecause }),
    backendProtocol: 'HTTP',
    regexPaths: false,
    tlsRedirect: values['force-ssl-redirect'] ? 'always' : values['ssl-redirect'] ? 'whenHostHasTls' : 'never',
    bodyBytes: values['proxy-body-size'],
    connectTimeoutMs: values['proxy-connect-timeout'],
    sendTimeoutMs: values['proxy-send-timeout'],
    readTimeoutMs: values['proxy-read-timeout'],
    allowedNetworks: Object.freeze(values['whitelist-source-range']),
    deniedNetworks: Object.freeze(values['denylist-source-range']),
    errorCodes: Object.freeze(values['custom-http-errors']),
    interceptsErrors: !values['disable-proxy-intercept-errors'],
  });
}

function assembleStreams(values: SettingValues): StreamSettings {
  return Object.freeze({
    idleTimeoutMs: values['proxy-stream-timeout'],
    triesNext: values['proxy-stream-next-upstream'],
    triesTimeoutMs: values['proxy-stream-next-upstream-timeout'],
    tries: values['proxy-stream-next-upstream-tries'],
    udpAnswers: values['proxy-stream-responses'],
  });
}

function assembleClients(values: SettingValues): ClientSettings {
  return Object.freeze({
    proxyProtocol: values['use-proxy-protocol'],
    forwardedHeaders: values['use-forwarded-headers'],
    realIp: values['enable-real-ip'],
    forwardedForHeader: values['forwarded-for-header'],
    fullForwardedFor: values['compute-full-forwarded-for'],
    trustedNetworks: Object.freeze(values['proxy-real-ip-cidr']),
  });
}

function assembleHsts(values: SettingValues): { readonly hsts?: HstsSettings } {
  if (!values.hsts) return {};
  const hsts = {
    maxAgeSeconds: values['hsts-max-age'],
    includeSubdomains: values['hsts-include-subdomains'],
    preload: values['hsts-preload'],
  };
  return { hsts: Object.freeze(hsts) };
}

/** The value of each key that is not set. */
export const defaultSettingValues: SettingValues = parseDefaults();

/** What an empty ConfigMap means. */
export const defaultSettings: Settings = assembleSettings(defaultSettingValues);

function parseDefaults(): SettingValues {
  const entries = settingNames.map((name) => {
    const { value, defaultText } = settingTable[name];
    const result = value.parse(defaultText);
    if (!result.ok) throw new Error(`the default of setting ${name} does not parse: ${result.error}`);
    return [name, result.value] as const;
  });
  return Object.fromEntries(entries) as unknown as SettingValues;
}
