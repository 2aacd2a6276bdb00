/**
 * Duty: which images there are, and how Docker is asked to build one. Must not know who asks for it.
 */
import { join, resolve } from 'node:path';
import { runProgram } from './run-program.ts';

const WORKSPACE_ROOT = resolve(import.meta.dirname, '../..');

/** Each is an app, and a folder of deploy/images. */
export const IMAGES = ['controller', 'proxy', 'admission-webhook', 'default-backend'] as const;
export type ImageName = (typeof IMAGES)[number];

export interface ImageOptions {
  /** What stands before the images' own names: `gatehouse` gives `gatehouse/proxy`. */
  readonly repository: string;
  readonly tag: string;
  /** The image that the files come from. */
  readonly base: string;
  /** Called with each line that Docker prints. */
  readonly onLine?: (line: string) => void;
}

export interface BuiltImage {
  /** `gatehouse/proxy:dev`. */
  readonly reference: string;
  readonly bytes: number;
  /** What the build warned of, such as an nginx that is too old. */
  readonly warnings: readonly string[];
}

/** Makes the bundles that the images hold. Throws with the output when that fails. */
export async function buildBundles(images: readonly ImageName[]): Promise<void> {
  const nx = join(WORKSPACE_ROOT, 'node_modules/.bin/nx');
  await runProgram([nx, 'run-many', '--target=build', `--projects=${images.join(',')}`, '--output-style=static'], {
    directory: WORKSPACE_ROOT,
  });
}

/** Builds one image from the bundle that is there. Throws with Docker's output when that fails. */
export async function buildImage(image: ImageName, options: ImageOptions): Promise<BuiltImage> {
  const { repository, tag, base, onLine } = options;
  const reference = `${repository}/${image}:${tag}`;
  const warnings: string[] = [];
  const command = ['docker', 'build', '--file', `deploy/images/${image}/Dockerfile`, '--tag', reference];
  const args = ['--build-arg', `BASE=${base}`, '--build-arg', `VERSION=${tag}`];
  await runProgram([...command, ...args, '.'], {
    directory: WORKSPACE_ROOT,
    onLine: (line) => {
      // Both builders put something before what a step prints: colours, or a number and a time.
      const warning = /WARNING: .*/.exec(line)?.[0];
      if (warning !== undefined) warnings.push(warning.replace(ANSI, ''));
      onLine?.(line);
    },
  });
  const size = await runProgram(['docker', 'image', 'inspect', '--format', '{{.Size}}', reference], {
    directory: WORKSPACE_ROOT,
  });
  // BuildKit prints the text of a step too, which holds no warning by itself; a step that ran twice warns once.
  return { reference, bytes: Number(size.trim()), warnings: [...new Set(warnings)] };
}

// eslint-disable-next-line no-control-regex
const ANSI = /\u001b\[[0-9;]*m/g;
