import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { IMAGES } from '../images/images.ts';
import { WORKSPACE_ROOT } from '../test/suites.ts';
import { succeed } from './cluster.ts';
import { show, capture } from './programs.ts';

/** What `npm run images` builds. */
const OURS = IMAGES.map((name) => `gatehouse/${name}:dev`);
const ECHO = 'gatehouse-e2e/echo:dev';
/** The image of examples/cafe. No test depends on what a registry hands out: our echo goes under its name. */
const CAFE = 'nginxdemos/nginx-hello:plain-text';

/** Builds all that a node needs; returns the names. */
export async function buildImages(baseImage: string, signal: AbortSignal): Promise<readonly string[]> {
  await succeed(show, {
    program: 'npm',
    args: ['run', 'images', '--silent', '--', '--base', baseImage],
    signal,
  });
  const context = join(WORKSPACE_ROOT, 'dist/e2e/echo-image');
  mkdirSync(context, { recursive: true });
  copyFileSync(join(WORKSPACE_ROOT, 'e2e/images/echo/Dockerfile'), join(context, 'Dockerfile'));
  await build({
    entryPoints: [join(WORKSPACE_ROOT, 'e2e/src/pods/echo-pod.ts')],
    outfile: join(context, 'echo.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Packages in CommonJS ask for modules of Node by require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  await succeed(capture, { program: 'docker', args: ['build', '--tag', ECHO, '--tag', CAFE, context], signal });
  return [...OURS, ECHO, CAFE];
}
