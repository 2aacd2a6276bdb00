import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { putInPlace } from './put-in-place.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'place-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const place = (name: string) => join(directory, name);
const make = (name: string) => {
  mkdirSync(place(name));
  for (let number = 0; number < 300; number += 1) writeFileSync(place(`${name}/${number}`), name);
};
const read = () => readFileSync(place('out/0'), 'utf8');

describe('putting a directory in place', () => {
  it.each([[[]], [['out']]])('leaves nothing but it, where there was %j', async (before) => {
    for (const name of [...before, 'fresh']) make(name);
    await putInPlace(place('fresh'), place('out'));
    expect([read(), readdirSync(directory)]).toEqual(['fresh', ['out']]);
  });

  it('has one of the two there at every moment', async () => {
    for (const name of ['out', 'fresh']) make(name);
    const seen = new Set<boolean>();
    const watch = setInterval(() => seen.add(existsSync(place('out/0'))), 0);
    await putInPlace(place('fresh'), place('out'));
    clearInterval(watch);
    expect([...seen]).toEqual([true]);
  });

  it('leaves what was there when there is nothing to put', async () => {
    make('out');
    await expect(putInPlace(place('fresh'), place('out'))).rejects.toThrow('ENOENT');
    expect([read(), readdirSync(directory)]).toEqual(['out', ['out']]);
  });
});
