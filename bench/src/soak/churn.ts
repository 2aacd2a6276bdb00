/**
 * Duty: changes of every kind at once, one after another in each kind, for as long as a soak lasts.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { oneRule, REFUSED_PATH, startEchoBackend, testedCapabilities, type EchoBackend } from '@gatehouse/e2e';
import { serviceWith, tlsSecret } from '@gatehouse/e2e/faults';
import { makeCertificate } from '@gatehouse/testing';
import type { SoakScene } from './soak-scene.ts';

/** Hosts of the objects that are there from the start to the end. */
export const STEADY_HOST = 'steady.example.com';
export const ROLLED_HOST = 'x.example.com';
export const TLS_HOST = 'tls.example.com';

export interface Churn {
  /** How often each kind of change was made so far. */
  readonly counts: Readonly<Record<string, number>>;
  /** Changes that could not be made. */
  readonly failures: readonly string[];
  stop(): Promise<void>;
}

/** A Deployment sees that a new Pod is ready, and ends an old one, which takes requests for a moment yet. */
const NOTICED_AFTER_MS = 200;
/** Where endpoints stand in the configuration they wait for old workers, 10 s at most, and for the reload. */
const SERVES_ON_MS = testedCapabilities().upstreamResolve ? 2500 : 15_000;
const EDIT_EVERY_MS = 2000;
const RENEW_EVERY_MS = 5000;
const BAD_STAYS_MS = 6000;
const BAD_IS_AWAY_MS = 4000;
/** Names come again, so that there is not more and more of anything. */
const EDITED_HOSTS = 40;

type Step = (count: number) => Promise<void>;

/** Makes what is steady, resolves when the changes have begun. */
export async function startChurn(scene: SoakScene): Promise<Churn> {
  const { apply, address } = scene;
  const steady = await startEchoBackend({ name: 'steady', address });
  const pods = await rolledPods(scene);
  await apply('steady', [
    ...serviceWith('steady', { address, ready: [steady] }),
    oneRule({ name: 'steady', host: STEADY_HOST, service: 'steady' }),
  ]);
  await apply('secret', [tlsSecret('tls', await makeCertificate({ hosts: [TLS_HOST] }))]);
  await apply('x', [oneRule(), oneRule({ name: 'tls', host: TLS_HOST, tlsSecret: 'tls' })]);
  const steps: Readonly<Record<string, Step>> = {
    'Pods rolled': pods.roll,
    'routes edited': (count) => editRoute(scene, count),
    'certificates renewed': async () => {
      await apply('secret', [tlsSecret('tls', await makeCertificate({ hosts: [TLS_HOST] }))]);
      await delay(RENEW_EVERY_MS);
    },
    'bad Ingresses': (count) => comeAndGo(scene, count),
  };
  const counts: Record<string, number> = {};
  const failures: string[] = [];
  let isOver = false;
  const repeat = async ([name, step]: readonly [string, Step]): Promise<void> => {
    for (let count = 0; !isOver; count += 1) {
      await step(count).catch((error: unknown) => void failures.push(`${name}: ${String(error)}`));
      counts[name] = count + 1;
    }
  };
  const running = Object.entries(steps).map(repeat);
  return {
    counts,
    failures,
    async stop() {
      isOver = true;
      await Promise.all(running);
      await pods.close();
      await steady.close();
    },
  };
}

interface RolledPods {
  readonly roll: Step;
  close(): Promise<void>;
}

async function rolledPods({ apply, address }: SoakScene): Promise<RolledPods> {
  const start = (): Promise<EchoBackend> => startEchoBackend({ name: 'web', address });
  const running = new Set([await start()]);
  let [pod] = running;
  await apply('web', serviceWith('web', { address, ready: [...running] }));
  return {
    async roll() {
      const [old, next] = [pod, await start()];
      running.add(next);
      if (old === undefined) throw new Error('no Pod runs');
      await apply('web', serviceWith('web', { address, ready: [old, next] }));
      await delay(NOTICED_AFTER_MS);
      await apply('web', serviceWith('web', { address, ready: [next], terminating: [old] }));
      pod = next;
      await delay(SERVES_ON_MS);
      await old.close();
      running.delete(old);
    },
    async close() {
      await Promise.all([...running].map((one) => one.close()));
    },
  };
}

/** By turns another host, which comes in place of one before, and another form of the one that traffic goes to. */
async function editRoute({ apply }: SoakScene, count: number): Promise<void> {
  const [n, host] = [count % EDITED_HOSTS, `host-${count}.example.com`];
  if (count % 2 === 0) await apply(`edited-${n}`, [oneRule({ name: `edited-${n}`, host })]);
  else {
    const annotations = { 'proxy-read-timeout': String(60 + n) };
    await apply('x', [
      oneRule({ annotations }),
      oneRule({ name: 'y', path: `/path-${n}` }),
      oneRule({ name: 'tls', host: TLS_HOST, tlsSecret: 'tls' }),
    ]);
  }
  await delay(EDIT_EVERY_MS);
}

/** One that we refuse, and one that nginx refuses without a word about where. */
async function comeAndGo({ apply }: SoakScene, count: number): Promise<void> {
  const host = `bad-${count % EDITED_HOSTS}.example.com`;
  await apply('bad', [
    oneRule({ name: 'bad', host, annotations: { 'configuration-snippet': 'deny all;' } }),
    oneRule({ name: 'worse', host, path: REFUSED_PATH }),
  ]);
  await delay(BAD_STAYS_MS);
  await apply('bad', []);
  await delay(BAD_IS_AWAY_MS);
}
