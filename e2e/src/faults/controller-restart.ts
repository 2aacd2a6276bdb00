/**
 * Duty: a controller beside a proxy, each in a process of its own as in their containers, that is killed and started again
 * while traffic runs.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@gatehouse/testing';
import { ask } from '../harness/ask.ts';
import { startEchoBackend } from '../harness/echo-backend.ts';
import { makeManifestDirectory, oneRule, serviceOnLoopback } from '../harness/manifest-directory.ts';
import { lostRequests, type FaultFigure } from './fault-figure.ts';
import { timeUntil } from './scene.ts';
import { startTraffic } from './traffic.ts';

const APPS = join(import.meta.dirname, '../../../dist/apps');

/** Runs the bundles of `npx nx run-many -t build`. */
export async function restartController(restarts: number): Promise<readonly FaultFigure[]> {
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const directory = makeManifestDirectory();
  const backend = await startEchoBackend({ name: 'web' });
  directory.save('services.yaml', serviceOnLoopback('web', backend.port));
  directory.save('x.yaml', [oneRule()]);
  const runtimeDirectory = mkdtempSync(join(tmpdir(), 'restart-'));
  const common = [`--runtime-dir=${runtimeDirectory}`, '--healthz-host=127.0.0.1', '--healthz-port=0'];
  const nginx = `--nginx-binary=${process.env['GATEHOUSE_NGINX_BINARY'] ?? ''}`;
  const ports = ['--listen-address=127.0.0.1', `--http-port=${httpPort}`, `--https-port=${httpsPort}`];
  const startController = (): ChildProcess =>
    start('controller', [...common, ...ports, '--proxy-agent', `--manifests=${directory.path}`]);
  const serves = (host: string) => async (): Promise<boolean> =>
    (await ask({ httpPort, httpsPort }, { ask: `GET http://${host}/` }).catch(() => undefined))?.status === 200;
  const proxy = start('proxy', [...common, nginx]);
  let controller = startController();
  try {
    await timeUntil(serves('x.example.com'));
    const traffic = startTraffic({ httpPort, httpsPort });
    let liveMs = 0;
    for (let count = 0; count < restarts; count += 1) {
      await kill(controller);
      await traffic.during(1);
      const host = `after-${count}.example.com`;
      directory.save('after.yaml', [oneRule({ name: 'after', host })]);
      controller = startController();
      liveMs = Math.max(liveMs, await timeUntil(serves(host)));
    }
    return [
      lostRequests(`${restarts} killed controllers`, await traffic.stop()),
      {
        name: 'a change is live, after the start of a controller, within',
        unit: 'ms',
        measured: liveMs,
        bar: { atMost: 5000 },
      },
    ];
  } finally {
    await kill(controller);
    proxy.kill('SIGTERM');
    await once(proxy, 'exit');
    await backend.close();
    directory.cleanUp();
    rmSync(runtimeDirectory, { recursive: true, force: true });
  }
}

function start(app: 'controller' | 'proxy', args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(APPS, app, 'main.mjs'), ...args], { stdio: 'ignore' });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
