import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultRow } from './fault-row.ts';
import { faultSections } from './fault-table.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const rows: readonly FaultRow[] = faultSections.flatMap((section): readonly FaultRow[] => section.rows);
const tests = rows.flatMap((row) => row.tests);

describe('the table of faults', () => {
  it.each(tests)('names a test that is there: $file, $title', ({ file, title }) => {
    const text = read(file);
    const titles = text.includes('sourceScenarios') ? text + read('libs/testing/src/source-scenarios.ts') : text;
    expect(titles).toContain(title);
  });

  it('has something of each fault: a test, or why there is none', () => {
    expect(rows.filter((row) => row.tests.length === 0 && row.lacks === undefined)).toEqual([]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it('names each test of a fault, and each fault that they measure', () => {
    const files = globSync('e2e/src/faults/*.spec.ts', { cwd: root }).filter((file) => !file.includes('fault-table'));
    expect(files.filter((file) => !tests.some((test) => test.file === file))).toEqual([]);
    const held = files.flatMap((file) => [...read(file).matchAll(/hold\('([a-z-]+)'/g)].map(([, id = '']) => id));
    expect(held.filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
    const measured = Object.keys(JSON.parse(read('e2e/src/faults/measured.json')) as object);
    expect(measured.filter((id) => !held.includes(id))).toEqual([]);
  });
});
