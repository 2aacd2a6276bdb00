/**
 * Duty: reading files of a brand directory, and no others: whatever a name or a link leads to, the file lies inside.
 */
import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { err, ok, type Result } from '@gatehouse/core';

/** What is wrong with a file: one clause that follows its name, without a full stop. */
export interface FileFault {
  readonly kind: 'absent' | 'refused';
  readonly message: string;
}

/**
 * The bytes of a file below `directory`, at most `maxBytes`. Links are followed as long as they stay in the directory,
 * which those of a mounted ConfigMap (`..data`) do. What is no plain file is refused without waiting for it.
 */
export async function readBrandFile(
  directory: string,
  name: string,
  maxBytes: number,
): Promise<Result<Buffer, FileFault>> {
  const refuse = (message: string) => err<FileFault>({ kind: 'refused', message });
  try {
    const root = await realpath(directory);
    const target = await realpath(join(root, name));
    if (!target.startsWith(root.endsWith(sep) ? root : root + sep)) return refuse('leads out of the brand directory');
    // Not followed and not waited for: between the look and the opening somebody may have put something else there.
    const file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) return refuse('is not a file');
      const content = Buffer.alloc(maxBytes + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length <= maxBytes; length += read) {
        read = (await file.read(content, length, content.length - length, length)).bytesRead;
      }
      if (length > maxBytes) return refuse(`has more than ${maxBytes / 1024} KiB, the most that is allowed`);
      // A copy, since the rest would be held with it.
      return ok(Buffer.from(content.subarray(0, length)));
    } finally {
      await file.close();
    }
  } catch (error) {
    return err(describeFault(error));
  }
}

/** Differs whenever the content of the file behind the path may differ; empty when there is none. */
export async function fileVersion(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch {
    return '';
  }
}

function describeFault(error: unknown): FileFault {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'absent', message: 'is not there' };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'refused', message: 'may not be read by this user' };
    case 'ELOOP':
      return { kind: 'refused', message: 'is a link that leads to itself' };
    default:
      return { kind: 'refused', message: `cannot be read: ${String(error)}` };
  }
}
