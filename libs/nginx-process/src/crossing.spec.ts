import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '@gatehouse/nginx';
import type { NginxProcess } from '@gatehouse/pipeline';
import { makeNginxSandbox, RecordingLogger, until, type NginxSandbox } from '@gatehouse/testing';
import type { EndpointSide } from './endpoint-side.ts';
import { findNginx } from './find-nginx.ts';
import { createLocalSupervisor } from './local-supervisor.ts';
import { createNginxProcess } from './nginx-process.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';

const QUESTION = '_e._tcp.abcdefghijklmnop.gatehouse';
/** To us a server that learns, to any nginx a format of logs. */
const SERVER = `log_format learning '\n    server abcdefghijklmnop.gatehouse service=e resolve;\n';`;

describe('an nginx whose endpoints come by DNS, when it gets another configuration', () => {
  let sandbox: NginxSandbox;
  let supervisor: NginxSupervisor;
  let nginx: NginxProcess;
  let logger: RecordingLogger;
  let asked: (readonly string[])[];
  let restarts: number;
  /** Called when nginx is about to be started or reloaded so that it learns. */
  let onLearning: () => void;

  const current = (): string => join(sandbox.directory, 'config/current');
  const kill = async (): Promise<void> => {
    const before = restarts;
    process.kill(Number(await readFile(join(sandbox.directory, 'proxy/nginx.pid'), 'utf8')), 'SIGKILL');
    await until(() => restarts > before);
  };
  const leadCurrentTo = (generation: string): void => {
    symlinkSync(generation, `${current()}.new`);
    renameSync(`${current()}.new`, current());
  };
  /** The next one, which is reached from `from` over a configuration that answers as that does. */
  const learning = (answer: string, from: Bundle, more = ''): Bundle => {
    const bundle = sandbox.bundle(answer);
    const textOf = ({ files }: Bundle): string => files.get('nginx.conf') ?? '';
    const text = textOf(from)
      .replace('http {', `http { ${SERVER}`)
      .replace(`return 200 "${from.digest}";`, `return 200 "starting ${bundle.digest}";`);
    const files = new Map([['nginx.conf', textOf(bundle).replace('http {', `http { ${more}`)]]);
    return { ...bundle, files, bridge: { from: from.digest, text: () => text } };
  };

  beforeEach(async () => {
    const { GATEHOUSE_NGINX_BINARY: named = '', PATH = '' } = process.env;
    const found = await findNginx({ named, searchPath: PATH });
    sandbox = await makeNginxSandbox();
    [asked, restarts, onLearning] = [[], 0, () => undefined];
    const endpoints: EndpointSide = {
      set: () => undefined,
      watchTelling(questions) {
        asked.push(questions);
        onLearning();
        return Promise.resolve(true);
      },
    };
    logger = new RecordingLogger();
    const place = { runtimeDirectory: sandbox.directory, logger };
    const onRestart = () => (restarts += 1);
    supervisor = createLocalSupervisor({ binary: found.ok ? found.value : '', ...place, onRestart, endpoints });
    nginx = createNginxProcess({ ...place, supervisor });
  });
  afterEach(async () => {
    await nginx.stop(0);
    await sandbox.remove();
  });

  it('learns on the way what it does not know', async () => {
    const one = sandbox.bundle('one');
    await nginx.apply(one);
    await nginx.apply(learning('two', one));
    expect(asked.slice(1)).toEqual([[QUESTION]]);
    expect(await sandbox.ask()).toBe('two');
  });

  it('is started with what is current then, and is not led back from there over what it served before', async () => {
    const one = sandbox.bundle('one');
    await nginx.apply(one);
    const generation = await readlink(current());
    await nginx.apply(sandbox.bundle('two'));
    // As a controller does whose order ended with the nginx that it was for.
    onLearning = () => leadCurrentTo(generation);
    const killedMs = performance.now();
    await kill();
    expect(performance.now() - killedMs).toBeLessThan(5000);
    expect(logger.messages('error')).toEqual(['nginx ended by itself']);
    expect(await sandbox.ask()).toBe('two');
    [asked, onLearning] = [[], () => undefined];
    await nginx.apply(learning('three', one));
    expect(asked).toEqual([]);
    expect(await sandbox.ask()).toBe('three');
  });

  it('runs what it ran before when the next is refused at the end of the way', async () => {
    const one = sandbox.bundle('one');
    const file = join(sandbox.directory, 'included.conf');
    await nginx.apply(one);
    writeFileSync(file, '');
    onLearning = () => rmSync(file);
    expect(await nginx.apply(learning('two', one, `include ${file};`))).toMatchObject({ kind: 'refused' });
    expect(asked.slice(1)).toEqual([[QUESTION]]);
    expect(await supervisor.running()).toBe(one.digest);
    expect(await sandbox.ask()).toBe('one');
    // What it learned on that way it has forgotten.
    onLearning = () => undefined;
    await nginx.apply(learning('three', one));
    expect(asked.slice(2)).toEqual([[QUESTION]]);
  });
});
