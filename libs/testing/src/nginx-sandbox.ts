/**
 * Duty: a place where a test lets a real nginx run: a runtime directory of its own and a free port.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { aBundle, type PlainBundleShape } from './plain-bundle.ts';
import type { Bundle } from '@gatehouse/nginx';

export interface NginxSandbox {
  readonly directory: string;
  readonly port: number;
  /** A bundle for this place that answers `answer` on the port. */
  bundle(answer: string, more?: PlainBundleShape): Bundle;
  /** What is answered on the port, over a connection of its own; undefined when nobody answers. */
  ask(): Promise<string | undefined>;
  remove(): Promise<void>;
}

export async function makeNginxSandbox(): Promise<NginxSandbox> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-nginx-'));
  const port = await freePort();
  return {
    directory,
    port,
    bundle: (answer, more = {}) => aBundle({ runtimeDirectory: directory, port, answer, ...more }),
    ask: () => askText(port),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function askText(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asking = request({ host: '127.0.0.1', port, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.once('close', () => resolve(answer.complete ? text : undefined));
    });
    asking.once('error', () => resolve(undefined));
    asking.end();
  });
}
