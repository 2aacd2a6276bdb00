/**
 * Duty: containers of our images under the rights that the manifests give them: their own user, nothing to write to, no
 * capability, no way to more rights.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GenericContainer } from 'testcontainers';

const WORKSPACE = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

export class NarrowContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges');
  }
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Builds images as `npm run images` does. */
export async function buildImages(tag: string): Promise<void> {
  await run(process.execPath, ['tools/images/main.ts', `--tag=${tag}`], { cwd: WORKSPACE, maxBuffer: 2 ** 24 });
}

export async function docker(...args: readonly string[]): Promise<string> {
  return (await run('docker', [...args], { maxBuffer: 2 ** 26 })).stdout;
}

/** Runs a program of an image to its end, under the same rights and without a network. */
export async function runOnce(image: string, ...args: readonly string[]): Promise<Outcome> {
  const rights = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--network=none'];
  return run('docker', ['run', '--rm', ...rights, image, ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as Outcome,
  );
}

export interface ImageFile {
  /** Such as `-rwxr-xr-x`. */
  readonly mode: string;
  readonly path: string;
}

/** Every file of an image. */
export async function listFiles(image: string): Promise<readonly ImageFile[]> {
  const id = (await docker('create', image)).trim();
  try {
    const { stdout } = await run('bash', ['-c', 'docker export "$0" | tar --list --verbose', id], {
      maxBuffer: 2 ** 24,
    });
    const lines = stdout.trim().split('\n');
    return lines.map((line) => {
      const [mode = '', , , , , path = ''] = line.split(/\s+/);
      return { mode, path };
    });
  } finally {
    await docker('rm', id);
  }
}
