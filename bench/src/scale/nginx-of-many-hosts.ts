/**
 * Duty: a real nginx that is run as the controller runs it, with many hosts, and how long it takes for what.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEndpointDns } from '@gatehouse/endpoint-dns';
import { createRenderer, NO_ENDPOINTS_ADDRESS, NOBODY_ADDRESS, type Bundle } from '@gatehouse/nginx';
import {
  createLocalSupervisor,
  createNginxProcess,
  findGroupId,
  readCapabilities,
  readMachineFacts,
  runtimeLayout,
} from '@gatehouse/nginx-process';
import { freePort, makeCertificate } from '@gatehouse/testing';
import { manyHosts, withOneChanged, type Shape } from './many-hosts.ts';

export interface ManyHosts {
  /** Milliseconds that `nginx -t` takes for what runs. */
  test(): Promise<number>;
  /** Milliseconds from the switch to a configuration with this path until nginx has proven to run it. */
  reload(path: string): Promise<number>;
  masterMiB(): { readonly now: number; readonly most: number };
  configMiB(): number;
  close(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;
const KIBIBYTES_PER_MEBIBYTE = 1024;
/** nginx says of each name when it learned it late. */
const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export async function startManyHosts(binary: string, shape: Shape): Promise<ManyHosts> {
  const runtimeDirectory = mkdtempSync(join(tmpdir(), 'bench-scale-'));
  const [http, https] = await Promise.all([freePort(), freePort()]);
  const { workerUser } = await readMachineFacts({ binary, workerUser: '' });
  const keyReaders = workerUser === undefined ? undefined : await findGroupId(workerUser);
  const dns = await startEndpointDns({
    host: '127.0.0.1',
    port: 'free',
    noEndpointsAddress: NO_ENDPOINTS_ADDRESS,
    nobodyAddress: NOBODY_ADDRESS,
    loopbackEndpoints: 'refused',
    onFault: (error) => console.error(error),
  });
  const renderer = createRenderer({
    capabilities: await readCapabilities(binary),
    http: [{ address: '127.0.0.1', port: http }],
    https: [{ address: '127.0.0.1', port: https }],
    runtimeDirectory,
    workersReadKeys: true,
    endpointDnsPort: dns.port,
    ...(workerUser === undefined ? {} : { workerUser }),
  });
  const supervisor = createLocalSupervisor({ binary, runtimeDirectory, logger, endpoints: dns });
  const nginx = createNginxProcess({
    ...{ runtimeDirectory, supervisor, logger },
    ...(keyReaders === undefined ? {} : { keyReaders }),
  });
  const layout = runtimeLayout(runtimeDirectory);
  const { certPem, keyPem } = await makeCertificate({ hosts: ['example.com'] });
  const model = manyHosts(shape, `${certPem}${keyPem}`);
  const apply = async (bundle: Bundle): Promise<number> => {
    await nginx.setEndpoints(bundle.told, 'all');
    const result = await nginx.apply(bundle);
    if (result.kind !== 'applied') throw new Error(`nginx did not take the hosts: ${JSON.stringify(result)}`);
    if (result.reloadMs === undefined) throw new Error('nginx ran these hosts already');
    return result.reloadMs;
  };
  const close = async (): Promise<void> => {
    await nginx.stop(0);
    await dns.close();
    rmSync(runtimeDirectory, { recursive: true, force: true });
  };
  try {
    await apply(renderer.render(model));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    test: () => Promise.resolve(timeTest(binary, { config: layout.currentConfig, directory: runtimeDirectory })),
    reload: (path) => apply(renderer.render(withOneChanged(model, path))),
    masterMiB: () => residentMiB(readFileSync(join(runtimeDirectory, 'proxy/nginx.pid'), 'utf8').trim()),
    configMiB: () => statSync(layout.currentConfig).size / MEBIBYTE,
    close,
  };
}

function timeTest(binary: string, { config, directory }: { readonly config: string; readonly directory: string }) {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(binary, ['-t', '-q', '-e', 'stderr', '-p', directory, '-c', config], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`nginx -t: ${stderr}`);
  return performance.now() - startedMs;
}

function residentMiB(id: string): ReturnType<ManyHosts['masterMiB']> {
  const status = readFileSync(`/proc/${id}/status`, 'utf8');
  const mebibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / KIBIBYTES_PER_MEBIBYTE;
  return { now: mebibytes('VmRSS'), most: mebibytes('VmHWM') };
}
