import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { describeProblem } from '@gatehouse/core';
import { findNginx, readCapabilities } from '@gatehouse/nginx-process';
import { freePort, until } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { startGate, type Gate } from './harness/index.ts';
import { makeManifestDirectory, oneRule, type ManifestDirectory } from './harness/manifest-directory.ts';
import { askTcp, askUdp, startTcpEcho, startUdpEcho, type PlainServer } from './harness/plain-servers.ts';

const binary = await findNginx({
  named: process.env['GATEHOUSE_NGINX_BINARY'] ?? '',
  searchPath: process.env['PATH'] ?? '',
});
const { stream } = await readCapabilities(binary.ok ? binary.value : 'nginx');
const hasModule = stream.kind !== 'absent';
const withModule = hasModule ? describe : describe.skip;
const FLAGS = [
  '--tcp-services-configmap=system/tcp',
  '--udp-services-configmap=system/udp',
  '--configmap=system/settings',
];

function configMap(name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'system', name }, data };
}

function backend(name: string, protocol: 'TCP' | 'UDP', ports: readonly number[]): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { ports: [{ name: 'main', port: 7, protocol }] },
    },
    ...ports.map((port, index) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-${index}`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
      ports: [{ name: 'main', port, protocol }],
    })),
  ];
}

const header = (address: string): string => `PROXY TCP4 ${address} 192.0.2.1 1234 9000\r\n`;

if (!hasModule) {
  describe('TCP and UDP services', () => {
    it.skip('are not asked for: this nginx has no stream module (Debian: libnginx-mod-stream)', () => undefined);
  });
}

withModule('TCP and UDP services', () => {
  let tcpEcho: PlainServer;
  let udpEcho: PlainServer;
  let manifests: ManifestDirectory;
  let gate: Gate | undefined;
  let port = 0;

  beforeAll(async () => {
    [tcpEcho, udpEcho] = await Promise.all([startTcpEcho('first'), startUdpEcho('dns')]);
  });
  beforeEach(async () => {
    port = await freePort();
    manifests = makeManifestDirectory();
    manifests.save('backends.yaml', [
      ...backend('echo', 'TCP', [tcpEcho.port]),
      ...backend('dns', 'UDP', [udpEcho.port]),
    ]);
  });
  afterEach(async () => {
    await gate?.close();
    gate = undefined;
    manifests.cleanUp();
  });
  afterAll(() => Promise.all([tcpEcho.close(), udpEcho.close()]));

  async function serve(
    tcp: Readonly<Record<string, string>>,
    udp: Readonly<Record<string, string>> = {},
    settings = {},
  ) {
    save(tcp, udp, settings);
    gate = await startGate({ manifests: manifests.path, flags: FLAGS });
    return gate;
  }

  function save(
    tcp: Readonly<Record<string, string>>,
    udp: Readonly<Record<string, string>> = {},
    settings = {},
  ): void {
    manifests.save('maps.yaml', [configMap('tcp', tcp), configMap('udp', udp), configMap('settings', settings)]);
  }

  const problemsOf = (one: Gate): readonly string[] => one.problems().map(describeProblem);

  it('reach the endpoints of their Services', async () => {
    const one = await serve({ [port]: 'default/echo:main' }, { [port]: 'default/dns:7' });
    expect(problemsOf(one)).toEqual([]);
    expect(await askTcp(port, 'hello')).toBe('first hello');
    expect(await askUdp(port, 'name?')).toBe('dns name?');
  });

  it('pass the address of a client on as it came by the PROXY protocol', async () => {
    const one = await serve({ [port]: 'default/echo:7:PROXY:PROXY' });
    expect(await askTcp(port, `${header('203.0.113.9')}hello`)).toMatch(/^first PROXY TCP4 203\.0\.113\.9 /);
    await one.change(() => save({ [port]: 'default/echo:7::PROXY' }));
    expect(await askTcp(port, 'hello')).toMatch(/^first PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 /);
    await one.change(() => save({ [port]: 'default/echo:7:PROXY' }));
    expect(await askTcp(port, `${header('203.0.113.9')}hello`)).toBe('first hello');
  });

  it('believe nobody about addresses but who is trusted', async () => {
    await serve({ [port]: 'default/echo:7:PROXY:PROXY' }, {}, { 'proxy-real-ip-cidr': '198.51.100.0/24' });
    expect(await askTcp(port, `${header('203.0.113.9')}hello`)).toMatch(/^first PROXY TCP4 127\.0\.0\.1 /);
  });

  it('follow their ConfigMap and their endpoints while everything runs', async () => {
    const second = await startTcpEcho('second');
    const another = await freePort();
    try {
      const one = await serve({ [port]: 'default/echo:7' });
      expect(await askTcp(another, 'x')).toBe('ECONNREFUSED');
      await one.change(() => save({ [port]: 'default/echo:7', [another]: 'default/echo:7' }));
      expect(await askTcp(another, 'x')).toBe('first x');
      await one.change(() => manifests.save('backends.yaml', backend('echo', 'TCP', [second.port])));
      await until(async () => (await askTcp(port, 'x')) === 'second x');
      await one.change(() => manifests.save('backends.yaml', backend('echo', 'TCP', [])));
      // Where endpoints come by DNS the port stays open.
      await until(async () => ['ECONNREFUSED', 'ECONNRESET', ''].includes(await askTcp(port, 'x')));
      expect(problemsOf(one).join('\n')).toContain('ServiceHasNoEndpoints');
      await one.change(() => manifests.save('backends.yaml', backend('echo', 'TCP', [second.port])));
      await until(async () => (await askTcp(port, 'x')) === 'second x');
      await one.change(() => save({ [another]: 'default/echo:7' }));
      expect(await askTcp(port, 'x')).toBe('ECONNREFUSED');
    } finally {
      await second.close();
    }
  });

  it('lose a bad entry alone', async () => {
    const one = await serve({ [port]: 'default/echo:7', x: 'default/echo:7', '9': 'nonsense; } http {' });
    expect(await askTcp(port, 'x')).toBe('first x');
    expect(one.problems().map(({ code, field }) => `${code} ${field}`)).toEqual([
      'StreamInvalid data[9]',
      'StreamInvalid data[x]',
    ]);
    await one.change(() => save({ [port]: 'default/echo:7', [one.httpPort]: 'default/echo:7' }));
    expect(one.problems().map(({ code }) => code)).toEqual(['StreamPortTaken']);
    expect(await askTcp(port, 'x')).toBe('first x');
  });

  it.each(['from the start', 'later'])('leave a port to who has it %s, say so, and serve the rest', async (when) => {
    const taken = await freePort();
    const owner = createServer().listen(taken, '127.0.0.1');
    const bad = { [port]: 'default/echo:7', [taken]: 'default/echo:7' };
    try {
      const one = await serve(when === 'later' ? { [port]: 'default/echo:7' } : bad);
      if (when === 'later') await one.change(() => save(bad));
      expect(await askTcp(port, 'x')).toBe('first x');
      expect(problemsOf(one).join('\n')).toMatch(
        new RegExp(`ConfigMap system/tcp: data\\[${taken}\\]: .*port ${taken}.*in use.* \\(StreamPortTaken\\)`),
      );
      await one.change(() => manifests.save('rule.yaml', [oneRule({ service: 'echo' })]));
      const answer = await ask(one, { ask: 'GET http://x.example.com/' });
      expect(answer.status).toBe(503);
      await new Promise((resolve) => owner.close(resolve));
      await one.change(() => save({ [port]: 'default/echo:main', [taken]: 'default/echo:7' }));
      expect(await askTcp(taken, 'x')).toBe('first x');
    } finally {
      owner.close();
    }
  });
});
