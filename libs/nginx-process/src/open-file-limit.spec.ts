import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { openFileLimit } from './open-file-limit.ts';

describe('the limit of open files', () => {
  it('is what a child of ours has', async () => {
    const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
    expect(await openFileLimit()).toBe(limit === 'unlimited' ? undefined : Number(limit));
  });

  it.each([256, 1024])('is read in a process that may open %s', (limit) => {
    const script = `
      const { openFileLimit } = await import(${JSON.stringify(import.meta.resolve('./open-file-limit.ts'))});
      process.stdout.write(String(await openFileLimit()));`;
    const printed = execFileSync(
      'sh',
      ['-c', `ulimit -n ${limit} && exec "$0" "$@"`, process.execPath, '--input-type=module', '--eval', script],
      { encoding: 'utf8' },
    );
    expect(printed).toBe(String(limit));
  });
});
