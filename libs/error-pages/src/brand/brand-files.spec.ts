import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BrandFiles } from './brand-files.ts';
import { describeBrandProblem } from './brand-problem.ts';
import { defaultBrand } from './default-brand.ts';
import { loadBrand } from './load-brand.ts';

const png = Buffer.from('89504e470d0a1a0a', 'hex');

describe('the logos and templates of all brands', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'brand-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = (name: string, content: Buffer | string): Promise<void> => writeFile(join(directory, name), content);

  it('may take 1.5 MiB together, where what is equal counts once', async () => {
    const large = (index: number): Buffer => Buffer.concat([png, Buffer.alloc(32 * 1024 - png.length, index)]);
    const names = Array.from({ length: 36 }, (_, index) => `${index}.png`);
    for (const [index, name] of names.entries()) await write(name, large(index));
    await write('again.png', large(0));
    const refusals = async (logos: readonly string[]): Promise<readonly string[]> => {
      await write(
        'brand.yaml',
        `hosts:\n${logos.map((name, index) => `  h${index}.example: { logo: ${name} }`).join('\n')}\n`,
      );
      const { result } = await loadBrand(directory, defaultBrand);
      const problems = result.ok ? [] : result.error.filter(({ severity }) => severity === 'error');
      return problems.map(describeBrandProblem);
    };
    expect(await refusals([...names.slice(0, 35), 'again.png'])).toEqual([]);
    expect(await refusals(names)).toEqual([
      'brand.yaml:37:24: hosts["h35.example"].logo: the file 35.png makes all logos and templates together take 1537 KiB; at most 1536 are allowed',
    ]);
  });

  it('are each read once, and are as they were then', async () => {
    await write('a.html', 'before');
    const files = new BrandFiles(directory);
    expect(await files.template('a.html')).toEqual({ ok: true, value: 'before' });
    await write('a.html', 'after');
    expect(await files.template('a.html')).toEqual({ ok: true, value: 'before' });
    expect(await new BrandFiles(directory).template('a.html')).toEqual({ ok: true, value: 'after' });
  });

  it('have a digest that tells each content from each other', async () => {
    const digestOf = async (content: string | undefined): Promise<string> => {
      await rm(join(directory, 'a.html'), { force: true });
      if (content !== undefined) await write('a.html', content);
      const files = new BrandFiles(directory);
      await files.template('a.html');
      return files.digest('');
    };
    const contents = ['', 'a', 'b', 'is not there', undefined];
    const digests = new Set<string>();
    for (const content of [...contents, ...contents]) digests.add(await digestOf(content));
    expect(digests.size).toBe(contents.length);
  });

  it('have an SVG in characters that HTML leaves as they are', async () => {
    await write('logo.svg', `<svg xmlns="http://www.w3.org/2000/svg" id="it's &amp; é"/>`);
    const logo = await new BrandFiles(directory).logo('logo.svg');
    const uri = logo.ok ? logo.value : '';
    expect(uri).not.toMatch(/[&'"<>]/);
    expect(decodeURIComponent(uri)).toContain(`id="it's &amp; é"/>`);
  });
});
