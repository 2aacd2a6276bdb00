/**
 * `npm run images`: builds the images that a cluster needs. `npm run images -- --help` says what can be chosen.
 */
import process from 'node:process';
import {
  EXIT_FAILED,
  EXIT_OK,
  EXIT_USAGE,
  runCommand,
  text,
  bool,
  type Command,
  type FlagTable,
} from '@gatehouse/flags';
import { buildBundles, buildImage, IMAGES, type ImageName } from './images.ts';

const command = {
  name: 'npm run images --',
  summary: `Builds images with Docker: ${IMAGES.join(', ')}; all when none is named`,
  operands: '[IMAGE…]',
  flags: {
    tag: text({ default: 'dev', placeholder: 'TAG', summary: 'Tag of the images' }),
    repository: text({
      default: 'gatehouse',
      placeholder: 'PREFIX',
      summary: 'What stands before their names, such as registry.example.com/gatehouse',
    }),
    base: text({
      default: 'debian:forky-slim',
      placeholder: 'IMAGE',
      summary: 'The Debian that Node and nginx come from; name it by digest for images that can be made again',
    }),
    verbose: bool({ default: false, summary: 'Show all that Docker prints' }),
  },
} as const satisfies Command<FlagTable>;

const isImage = (name: string): name is ImageName => (IMAGES as readonly string[]).includes(name);
const seconds = (sinceMs: number): string => ((performance.now() - sinceMs) / 1000).toFixed(1);

process.exitCode = await runCommand(
  command,
  {
    argv: process.argv.slice(2),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: new AbortController().signal,
  },
  async ({ values, operands }) => {
    const unknown = operands.filter((name) => !isImage(name));
    if (unknown.length > 0) {
      console.error(`There is no image ${unknown.join(', ')}; there are ${IMAGES.join(', ')}.`);
      return EXIT_USAGE;
    }
    const named = operands.filter(isImage);
    return buildAll(named.length > 0 ? named : IMAGES, values);
  },
);

interface Choices {
  readonly tag: string;
  readonly repository: string;
  readonly base: string;
  readonly verbose: boolean;
}

async function buildAll(images: readonly ImageName[], { verbose, ...options }: Choices): Promise<number> {
  try {
    const started = performance.now();
    console.log(`Bundling ${images.join(', ')} …`);
    await buildBundles(images);
    console.log(`  bundled in ${seconds(started)} s`);
    for (const [index, image] of images.entries()) {
      const begun = performance.now();
      console.log(`Building ${options.repository}/${image}:${options.tag} (${index + 1} of ${images.length}) …`);
      const built = await buildImage(image, { ...options, ...(verbose ? { onLine: console.log } : {}) });
      console.log(`  ${(built.bytes / 2 ** 20).toFixed(0)} MiB in ${seconds(begun)} s`);
      for (const warning of built.warnings) console.warn(`  ${warning}`);
    }
    return EXIT_OK;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return EXIT_FAILED;
  }
}
