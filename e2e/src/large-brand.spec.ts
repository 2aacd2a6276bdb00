import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askPort, freePort } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeOptionsOf } from './harness/node-options.ts';

const bundle = join(import.meta.dirname, '../../dist/apps/default-backend/main.mjs');
const languages = ['en', 'de', 'fr', 'es', 'pt', 'zh', 'ja', 'ar', 'hi'];
const codings = ['br', 'zstd', 'gzip', 'identity'];
const formats = ['text/html', 'application/json'];
const NUMBER = '0af7651916cd43dd8448eb211c80319c';
const statuses = Array.from({ length: 85 }, (_, index) => 400 + index);
const words = '&'.repeat(20);

/** Nearly as many large logos as are allowed, and for each of 100 hosts and 100 namespaces all that makes a brand large. */
async function writeBrand(directory: string, name: string): Promise<void> {
  const logos = Array.from({ length: 32 }, (_, index) => `${index}.png`);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  for (const logo of logos) await writeFile(join(directory, logo), Buffer.concat([signature, randomBytes(32_760)]));
  await writeFile(join(directory, 'page.html'), `<style>{{{style}}}</style>{{logo}}${'{{label}}é'.repeat(5_500)}`);
  await writeFile(join(directory, 'page.json'), `{"a":"${'{{label}}b'.repeat(6_000)}{{reference}}"}`);
  const texts = languages
    .map((language) => `  ${language}: { ${statuses.map((status) => `${status}: { title: "${words}" }`).join(', ')} }`)
    .join('\n');
  const layers = (suffix: string, first: number): string =>
    Array.from({ length: 100 }, (_, index) => {
      const logo = logos[(first + index) % logos.length] ?? '';
      const own = index < 45 ? ', texts: { en: { 404: { title: T } } }' : '';
      return `  h${index}${suffix}: { logo: ${logo}, name: N${index}${own} }`;
    }).join('\n');
  const lines = [
    `name: ${name}`,
    'templates: { html: page.html, json: page.json }',
    `texts:\n${texts}`,
    `hosts:\n${layers('.example.com', 0)}`,
    `namespaces:\n${layers('', 7)}`,
  ];
  await writeFile(join(directory, 'brand.yaml'), lines.join('\n'));
}

describe('the default backend with the options of its image', () => {
  let directory: string;
  let child: ChildProcess;
  let said: string;
  let port: number;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'brand-'));
    said = '';
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true });
  });

  async function start(): Promise<void> {
    port = await freePort();
    const ports = [`--port=${port}`, `--health-port=${port}`];
    const flags = ['--host=127.0.0.1', ...ports, `--brand-directory=${directory}`];
    child = spawn(process.execPath, [bundle, ...flags], {
      env: { NODE_OPTIONS: nodeOptionsOf('default-backend') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    await untilSaid('listening');
  }
  async function untilSaid(part: string): Promise<void> {
    while (!said.includes(part)) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended: ${said.slice(-4_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Each language and format of one host, with numbers that are put into kept pages and with others. */
  async function askAll(host: number): Promise<void> {
    const asked = languages.flatMap((language) =>
      formats.map(async (format, index) => {
        const coding = codings[(host + index) % codings.length] ?? '';
        const number = host % 3 === 0 ? `<${'"'.repeat(300)}` : NUMBER;
        const wishes = { 'Accept-Language': language, 'Accept-Encoding': coding, Accept: format };
        const headers = { Host: `h${host}.example.com`, 'X-Request-ID': number, ...wishes };
        return (await askPort({ port, headers })).status;
      }),
    );
    const statuses = await Promise.all(asked).catch((error: unknown) => {
      throw new Error(`host ${host}: ${said.slice(-4_000)}`, { cause: error });
    });
    expect(new Set(statuses)).toEqual(new Set([404]));
  }

  it('serves every page of the largest brand, and follows its changes', async () => {
    await writeBrand(directory, 'First');
    await start();
    expect(said).toContain('Brand is live');
    for (const name of ['First', 'Second']) {
      if (name === 'Second') {
        await writeBrand(directory, name);
        await untilSaid(name);
      }
      for (let host = 0; host < 100; host += 2) await askAll(host);
    }
    expect(child.exitCode).toBeNull();
  }, 240_000);
});
