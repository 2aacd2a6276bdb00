/**
 * Duty: that a client resumes its TLS session at any replica that has the same session ticket keys, while they are rotated,
 * and no longer than they are there.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { makeCertificate, until } from '@gatehouse/testing';
import { testedCapabilities } from './harness/bare-nginx.ts';
import { startGate, type Gate } from './harness/gate.ts';
import { makeManifestDirectory, oneRule, type ManifestDirectory } from './harness/manifest-directory.ts';

const HOST = 'x.example.com';
const VERSIONS: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3'];
const FLAGS = [
  ...['--configmap=system/settings', '--session-ticket-secret=system/tickets'],
  // Where nginx reads certificates with its configuration, sessions belong to that of the catch-all server.
  ...(testedCapabilities().certificateCache ? [] : ['--default-ssl-certificate=default/x']),
];

/** One request, in a session of before where one is given. */
function visit(gate: Gate, version: SecureVersion, session?: Buffer) {
  return new Promise<{ readonly isReused: boolean; readonly session: Buffer }>((resolve, reject) => {
    let last: Buffer | undefined;
    const socket = connect({
      ...{ host: '127.0.0.1', port: gate.httpsPort, servername: HOST, rejectUnauthorized: false },
      ...{ minVersion: version, maxVersion: version, ...(session && { session }) },
    });
    let isReused = false;
    // With TLS 1.3 tickets come after the handshake.
    socket.on('session', (ticket: Buffer) => (last = ticket));
    socket.once('secureConnect', () => {
      isReused = socket.isSessionReused();
      socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
    });
    socket.once('error', reject).resume();
    socket.once('close', () => resolve({ isReused, session: last ?? session ?? Buffer.alloc(0) }));
  });
}

/** A replica with objects of its own, so that one can be told of new keys before another. */
class Replica {
  readonly #directory: ManifestDirectory = makeManifestDirectory();
  #gate: Gate | undefined;

  get gate(): Gate {
    if (this.#gate === undefined) throw new Error('it was not started');
    return this.#gate;
  }

  async start(pem: { readonly certPem: string; readonly keyPem: string }, keys: Keys | undefined): Promise<void> {
    const secret = (namespace: string, name: string, data: Readonly<Record<string, string>>) => {
      return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, data };
    };
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    this.#directory.save('x.yaml', [
      oneRule({ tlsSecret: 'x' }),
      secret('default', 'x', { 'tls.crt': base64(pem.certPem), 'tls.key': base64(pem.keyPem) }),
      {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'system', name: 'settings' } },
        data: { 'ssl-session-tickets': 'true' },
      },
    ]);
    if (keys !== undefined) this.saveKeys(keys);
    this.#gate = await startGate({ manifests: this.#directory.path, flags: FLAGS });
  }

  saveKeys(keys: Keys): void {
    const data = Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.toString('base64')]));
    this.#directory.save('tickets.yaml', [
      { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'system', name: 'tickets' }, data },
    ]);
  }

  /** What lies in the directory of keys for tickets, and what is read of it. */
  keyFiles(): readonly string[] {
    const directory = join(this.gate.runtimeDirectory, 'keys');
    return readdirSync(directory)
      .filter((name) => name.endsWith('.ticket'))
      .map((name) => join(directory, name));
  }

  async close(): Promise<void> {
    await this.#gate?.close();
    this.#directory.cleanUp();
  }
}

type Keys = Readonly<Record<'current' | 'next' | 'previous', Buffer>>;

const newKeys = (): Keys => ({ previous: randomBytes(80), current: randomBytes(80), next: randomBytes(80) });
const rotate = ({ current, next }: Keys): Keys => ({ previous: current, current: next, next: randomBytes(80) });

describe('session tickets', () => {
  const [one, other, lone] = [new Replica(), new Replica(), new Replica()];
  let keys = newKeys();

  beforeAll(async () => {
    const pem = await makeCertificate({ hosts: [HOST] });
    for (const replica of [one, other]) await replica.start(pem, keys);
    await lone.start(pem, undefined);
  });
  afterAll(async () => {
    await Promise.all([one, other, lone].map((replica) => replica.close()));
  });

  describe.each(VERSIONS)('over %s', (version) => {
    const resumes = async (session: Buffer, { gate }: Replica): Promise<boolean> =>
      (await visit(gate, version, session)).isReused;

    it('are taken where they were given, and by no replica with other keys', async () => {
      const { session } = await visit(lone.gate, version);
      expect(await resumes(session, lone)).toBe(true);
      expect(await resumes(session, one)).toBe(false);
    });

    it('are taken by every replica with the same keys', async () => {
      const { session } = await visit(one.gate, version);
      expect(await resumes(session, other)).toBe(true);
    });

    it('are taken on both sides while one replica knows of a rotation and the other does not', async () => {
      const before = await visit(one.gate, version);
      keys = rotate(keys);
      const { reloadCauses } = await one.gate.change(() => one.saveKeys(keys));
      expect(reloadCauses).toEqual(['settings']);
      const after = await visit(one.gate, version);
      expect(await resumes(before.session, one)).toBe(true);
      expect(await resumes(after.session, other)).toBe(true);
      await other.gate.change(() => other.saveKeys(keys));
      expect(await resumes(before.session, other)).toBe(true);
      expect(await resumes(after.session, other)).toBe(true);
    });

    it('are taken no longer once their key is gone', async () => {
      const { session } = await visit(one.gate, version);
      keys = rotate(keys);
      for (const replica of [one, other]) await replica.gate.change(() => replica.saveKeys(keys));
      expect(await resumes(session, other)).toBe(true);
      keys = rotate(keys);
      for (const replica of [one, other]) await replica.gate.change(() => replica.saveKeys(keys));
      expect([await resumes(session, one), await resumes(session, other)]).toEqual([false, false]);
    });
  });

  it('have keys that only who starts nginx may read, and that stand in no configuration', () => {
    const files = one.keyFiles();
    const found = files.map((file) => readFileSync(file));
    expect(Object.values(keys).every((key) => found.some((bytes) => bytes.equals(key)))).toBe(true);
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual(files.map(() => 0o600));
    const config = readFileSync(join(one.gate.runtimeDirectory, 'config/current/nginx.conf'));
    expect(config.toString()).toContain('ssl_session_ticket_key ');
    for (const key of Object.values(keys)) {
      expect(config.includes(key)).toBe(false);
      for (const text of ['base64', 'hex'] as const) expect(config.includes(key.toString(text))).toBe(false);
    }
  });

  it('leave no key behind that was replaced two times', async () => {
    const { previous } = keys;
    for (let times = 0; times < 2; times += 1) {
      keys = rotate(keys);
      await one.gate.change(() => one.saveKeys(keys));
    }
    await until(() => !one.keyFiles().some((file) => readFileSync(file).equals(previous)));
    expect(one.keyFiles().length).toBeLessThanOrEqual(5);
  });

  it('are sealed by keys of nginx where those of the Secret cannot be used, which is said without them', async () => {
    const text = randomBytes(24).toString('hex');
    await other.gate.change(() => other.saveKeys({ ...keys, current: Buffer.from(text) }));
    const [problem] = other.gate.problems().filter(({ code }) => code === 'SessionTicketKeysUnusable');
    expect(problem?.object).toEqual({ kind: 'Secret', namespace: 'system', name: 'tickets' });
    expect(JSON.stringify(other.gate.problems())).not.toContain(text);
    const { session } = await visit(other.gate, 'TLSv1.3');
    expect((await visit(other.gate, 'TLSv1.3', session)).isReused).toBe(true);
    expect((await visit(one.gate, 'TLSv1.3', session)).isReused).toBe(false);
    expect(lone.gate.problems().map(({ code }) => code)).toContain('SessionTicketKeysUnusable');
  });
});
