import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultBrand } from '@gatehouse/error-pages';
import { createMetricsRegistry, type Serving } from '@gatehouse/http';
import { RecordingLogger, until } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startLiveBrand } from './live-brand.ts';
import { startDefaultBackend } from './start.ts';

describe('the brand of a running default backend', () => {
  let directory: string;
  let logger: RecordingLogger;
  let serving: Serving;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'brand-'));
    logger = new RecordingLogger();
  });
  afterEach(async () => {
    await serving.close(0);
    await rm(directory, { recursive: true });
  });

  const start = async (brandDirectory = directory): Promise<void> => {
    const options = { host: '127.0.0.1', port: 0, healthPort: 0, brandName: 'Flag', logger };
    serving = await startDefaultBackend({ ...options, brandDirectory });
  };
  const save = (text: string): Promise<void> => writeFile(join(directory, 'brand.yaml'), text);
  const ask = (port: number, headers: Readonly<Record<string, string>> = {}, path = '/'): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(text));
      });
      asked.on('error', reject).end();
    });
  const page = (headers?: Readonly<Record<string, string>>): Promise<string> => ask(serving.port, headers);
  const isGood = async (): Promise<string | undefined> =>
    /^gatehouse_default_backend_brand_ok (\d)$/m.exec(await ask(serving.healthPort, {}, '/metrics'))?.[1];
  const said = (level: string): readonly string[] =>
    logger.entries.filter((entry) => entry.level === level).map(({ message }) => message);

  it('is that of the flags while the directory is empty, and then what is saved there', async () => {
    await start();
    expect(await page()).toContain('Flag');
    await save('name: Saved');
    await until(async () => (await page()).includes('Saved'));
    expect(await isGood()).toBe('1');
  });

  it('is told to who keeps something of it, each time that it changes', async () => {
    const metrics = createMetricsRegistry();
    const live = await startLiveBrand({ directory, standard: defaultBrand, metrics, logger });
    const names: string[] = [];
    live.onChange(() => names.push(live.select({}).brand.name));
    await save('name: [');
    await until(() => said('error').length > 0);
    await save('name: Saved');
    await until(() => names.length > 0);
    await live.close();
    expect(names).toEqual(['Saved']);
    await start();
  });

  it('stays when a broken one is saved, and the log and the metric tell of it', async () => {
    await save('name: Good');
    await start();
    await save('name: [');
    await until(async () => (await isGood()) === '0');
    expect(await page()).toContain('Good');
    expect(await ask(serving.healthPort, {}, '/readyz')).toContain('ok');
    expect(new Set(said('error'))).toEqual(new Set(['Brand is broken, the last good brand stays']));
    await save('name: Mended');
    await until(async () => (await page()).includes('Mended'));
    expect(await isGood()).toBe('1');
  });

  it.each([
    ['a broken brand.yaml', 'nam: x'],
    ['a directory that is not there', undefined],
  ])('is the built-in one when the start meets %s', async (_what, text) => {
    if (text !== undefined) await save(text);
    await start(text === undefined ? join(directory, 'nowhere') : directory);
    expect(await page()).toContain('Flag');
    expect(await isGood()).toBe('0');
    expect(said('error')).toEqual(['Brand is broken, the built-in brand stays']);
  });

  it('says when to try again, before the flags do', async () => {
    await save('retryAfter: { 503: 30, 429: 0 }');
    const flags = { retryAfter429: 5, retryAfter503: 10 };
    const options = { host: '127.0.0.1', port: 0, healthPort: 0, brandName: 'Flag', logger, ...flags };
    serving = await startDefaultBackend({ ...options, brandDirectory: directory });
    const retryAfter = async (code: string): Promise<string | null> => {
      const answer = await fetch(`http://127.0.0.1:${serving.port}/`, { headers: { 'X-Code': code } });
      return answer.headers.get('Retry-After');
    };
    expect([await retryAfter('503'), await retryAfter('429'), await retryAfter('404')]).toEqual(['30', null, null]);
  });

  it('hangs on the host and on the namespace', async () => {
    await save(`name: Base
hosts:
  shop.example.com: { name: Shop }
  '*.example.com': { name: Below }
namespaces:
  team-a: { name: Team }
`);
    await start();
    expect(await page({ Host: 'shop.example.com' })).toContain('Shop');
    expect(await page({ Host: 'Shop.Example.com:8080', 'X-Namespace': 'team-a' })).toContain('Shop');
    expect(await page({ Host: 'a.b.example.com' })).toContain('Below');
    expect(await page({ Host: 'example.com', 'X-Namespace': 'team-a' })).toContain('Team');
    expect(await page({ Host: 'other.test', 'X-Namespace': 'toString' })).toContain('Base');
  });
});
