import { expect, it } from '@jest/globals';
import { renameSync, symlinkSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeNginxSandbox, RecordingLogger, until } from '@gatehouse/testing';
import type { EndpointSide } from './endpoint-side.ts';
import { findNginx } from './find-nginx.ts';
import { createLocalSupervisor } from './local-supervisor.ts';
import { createNginxProcess } from './nginx-process.ts';

it('starts an nginx that ended with what was current then, although `current` comes to lead elsewhere meanwhile', async () => {
  const { GATEHOUSE_NGINX_BINARY: named = '', PATH = '' } = process.env;
  const found = await findNginx({ named, searchPath: PATH });
  const sandbox = await makeNginxSandbox();
  const place = { runtimeDirectory: sandbox.directory, logger: new RecordingLogger() };
  const current = join(sandbox.directory, 'config/current');
  let beforeStart: () => void = () => undefined;
  const endpoints: EndpointSide = {
    set: () => undefined,
    watchTelling() {
      beforeStart();
      return Promise.resolve(true);
    },
  };
  let restarts = 0;
  const onRestart = () => (restarts += 1);
  const binary = found.ok ? found.value : '';
  const supervisor = createLocalSupervisor({ binary, ...place, onRestart, endpoints });
  const nginx = createNginxProcess({ ...place, supervisor });
  try {
    await nginx.apply(sandbox.bundle('one'));
    const one = await readlink(current);
    await nginx.apply(sandbox.bundle('two'));
    // As a controller does whose order ended with the nginx that it was for.
    beforeStart = () => {
      symlinkSync(one, `${current}.new`);
      renameSync(`${current}.new`, current);
    };
    const killedMs = performance.now();
    process.kill(Number(await readFile(join(sandbox.directory, 'proxy/nginx.pid'), 'utf8')), 'SIGKILL');
    await until(() => restarts === 1);
    expect(performance.now() - killedMs).toBeLessThan(5000);
    expect(place.logger.messages('error')).toEqual(['nginx ended by itself']);
    expect(await sandbox.ask()).toBe('two');
    beforeStart = () => undefined;
    await nginx.apply(sandbox.bundle('one'));
    expect(await sandbox.ask()).toBe('one');
  } finally {
    await nginx.stop(0);
    await sandbox.remove();
  }
}, 30_000);
