import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { findWorkerUser } from './worker-user.ts';

const isRoot = process.getuid?.() === 0;
const namesIn = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^([^:\n]+):/gm)].map(([, name = '']) => name);
const [users, groups] = [namesIn('/etc/passwd'), namesIn('/etc/group')];
/** A name with only one of the two that nginx needs. */
const halfKnown = [
  ...users.filter((name) => !groups.includes(name)),
  ...groups.filter((name) => !users.includes(name)),
];
const usual = ['nginx', 'www-data'].find((name) => users.includes(name) && groups.includes(name));

describe('the user of the worker processes', () => {
  (isRoot ? it : it.skip)('is the first usual one that exists, when we are root', async () => {
    const found = findWorkerUser('');
    if (usual === undefined) await expect(found).rejects.toThrow('--worker-user');
    else expect(await found).toBe(usual);
  });

  (isRoot ? it : it.skip)('is the one that was named', async () => {
    expect(await findWorkerUser('daemon')).toBe('daemon');
  });

  (isRoot ? it : it.skip).each(['no-such-user', 'daemon:x', 'root\nx', ' '])(
    'is not made up when it was named and there is no %j',
    async (name) => {
      await expect(findWorkerUser(name)).rejects.toThrow(`no user and group ${name} for nginx' worker processes`);
    },
  );

  (isRoot && halfKnown.length > 0 ? it : it.skip)('is none that has no group, or is only a group', async () => {
    for (const name of halfKnown) await expect(findWorkerUser(name)).rejects.toThrow(`no user and group ${name}`);
  });

  it('is nobody to name for a plain user, who cannot change it', () => {
    const script = `
      const { findWorkerUser } = await import(${JSON.stringify(import.meta.resolve('./worker-user.ts'))});
      if (process.getuid() === 0) process.setuid(65534);
      process.stdout.write(String(await findWorkerUser('no-such-user')));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['undefined', '']);
  });
});
