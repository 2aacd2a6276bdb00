import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeBrandProblem, type BrandProblem } from './brand-problem.ts';
import { defaultBrand } from './default-brand.ts';
import { watchBrand, type BrandWatch } from './watch-brand.ts';

const never = 3_600_000;
const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';

describe('watchBrand', () => {
  let parent: string;
  let directory: string;
  let watching: BrandWatch | undefined;
  /** Names of the brands and texts of the problems, in the order in which they were told. */
  let told: string[];

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'brand-'));
    directory = join(parent, 'brand');
    await mkdir(directory);
    told = [];
  });
  afterEach(async () => {
    await watching?.close();
    await rm(parent, { recursive: true });
  });

  const start = async (rescanMs = never): Promise<void> => {
    watching = await watchBrand(directory, {
      standard: defaultBrand,
      rescanMs,
      onBrand: ({ brands }) => told.push(`${brands.base.name} ${brands.base.logo ?? '-'}`),
      onProblem: (problems: readonly BrandProblem[]) => told.push(problems.map(describeBrandProblem).join('\n')),
    });
  };
  const save = (text: string): Promise<void> => writeFile(join(directory, 'brand.yaml'), text);
  const untilTold = (count: number): Promise<void> => until(() => told.length >= count);

  it('tells of the first brand before it resolves', async () => {
    await save('name: A');
    await start();
    expect(told).toEqual(['A -']);
  });

  it('tells of the standard brand while there is no brand.yaml, and of one that comes later', async () => {
    await start();
    expect(told).toEqual(['Gatehouse -']);
    await save('name: A');
    await untilTold(2);
    expect(told).toEqual(['Gatehouse -', 'A -']);
  });

  it('tells of a directory that is not there, and of one that comes later', async () => {
    await rm(directory, { recursive: true });
    await start();
    expect(told).toEqual(['.: there is no such directory']);
    await mkdir(directory);
    await save('name: A');
    await until(() => told.at(-1) === 'A -');
  });

  it('tells a mistake once, and the brand again as soon as it is mended', async () => {
    await save('name: A');
    await start();
    await save('nam: B');
    await untilTold(2);
    await save('nam: B');
    await writeFile(join(directory, 'unrelated'), '');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await save('name: A');
    await untilTold(3);
    expect(told).toEqual(['A -', 'brand.yaml:1:1: nam: there is no key "nam" here; did you mean name?', 'A -']);
  });

  it('tells of nothing when a file was saved without a change', async () => {
    await save('name: A');
    await start(20);
    await save('name: A');
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(told).toEqual(['A -']);
  });

  it('tells it as a problem when a brand cannot be taken, and goes on', async () => {
    await save('name: A');
    watching = await watchBrand(directory, {
      standard: defaultBrand,
      rescanMs: never,
      onBrand: ({ brands: { base } }) => {
        if (base.name === 'A') throw new Error('no A');
        told.push(base.name);
      },
      onProblem: (problems) => told.push(problems.map(describeBrandProblem).join()),
    });
    await save('name: B');
    await untilTold(2);
    expect(told).toEqual(['.: this brand cannot be used: no A', 'B']);
  });

  it('follows a logo in a folder, and one that a link leads to', async () => {
    await mkdir(join(directory, 'images'));
    await mkdir(join(directory, 'store'));
    await writeFile(join(directory, 'store/real.svg'), svg);
    await symlink('../store/real.svg', join(directory, 'images/logo.svg'));
    await save('name: A\nlogo: images/logo.svg');
    await start();
    await writeFile(join(directory, 'store/real.svg'), svg.replace('/>', ' id="b"/>'));
    await untilTold(2);
    expect(told[1]).toContain('id=%22b%22');
    await rm(join(directory, 'store/real.svg'));
    await untilTold(3);
    expect(told[2]).toBe('brand.yaml:2:7: logo: the file images/logo.svg is not there');
    await writeFile(join(directory, 'store/real.svg'), svg);
    await untilTold(4);
    expect(told[3]).toBe(told[0]);
  });

  it('follows the switch of a mounted ConfigMap', async () => {
    const publish = async (version: string, files: Readonly<Record<string, string>>): Promise<void> => {
      await mkdir(join(directory, version));
      for (const [name, text] of Object.entries(files)) await writeFile(join(directory, version, name), text);
      await symlink(version, join(directory, '..data_tmp'));
      await rename(join(directory, '..data_tmp'), join(directory, '..data'));
      for (const name of Object.keys(files)) {
        await symlink(join('..data', name), join(directory, name)).catch(() => undefined);
      }
    };
    await publish('..2026_1', { 'brand.yaml': 'name: A\nlogo: logo.svg', 'logo.svg': svg });
    await start();
    expect(told).toHaveLength(1);
    for (const round of [2, 3, 4]) {
      await publish(`..2026_${round}`, { 'brand.yaml': `name: A${round}\nlogo: logo.svg`, 'logo.svg': svg });
      await rm(join(directory, `..2026_${round - 1}`), { recursive: true });
      await untilTold(round);
      expect(told.at(-1)).toMatch(new RegExp(`^A${round} data:image/svg`));
    }
    expect(told).toHaveLength(4);
  });

  it('follows the directory when another takes its place', async () => {
    await save('name: A');
    await start();
    const other = join(parent, 'other');
    await mkdir(other);
    await writeFile(join(other, 'brand.yaml'), 'name: B');
    await rename(directory, join(parent, 'old'));
    await rename(other, directory);
    await until(() => told.at(-1) === 'B -');
    await save('name: C');
    await until(() => told.at(-1) === 'C -');
  });

  it('sees by itself what no event tells: a folder far above was replaced', async () => {
    await save('name: A');
    await start(20);
    const [old, other] = [`${parent}-old`, `${parent}-other`];
    await mkdir(join(other, 'brand'), { recursive: true });
    await writeFile(join(other, 'brand/brand.yaml'), 'name: B');
    await rename(parent, old);
    await rename(other, parent);
    await until(() => told.at(-1) === 'B -');
    await rm(old, { recursive: true });
  });

  it('tells nothing any more once it is closed', async () => {
    await save('name: A');
    await start(20);
    await watching?.close();
    await save('name: B');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(told).toEqual(['A -']);
  });
});
