/**
 * Duty: `gatehouse pages build`: the error pages as files.
 */
import { join, resolve } from 'node:path';
import { quoteFound } from '@gatehouse/core';
import { prepareBrands } from '@gatehouse/error-pages';
import {
  EXIT_FAILED,
  EXIT_OK,
  EXIT_USAGE,
  runCommand,
  text,
  texts,
  type Command,
  type FlagTable,
  type FlagValues,
  type ProgramContext,
} from '@gatehouse/flags';
import { oneLine } from '../one-line.ts';
import { brandFlags, readBrand } from './brand-flags.ts';
import { plainPath } from './nginx-snippets.ts';
import { allStatuses, folderBrands } from './static-pages.ts';
import { writePages, type WrittenPages } from './write-pages.ts';

const command = {
  name: 'gatehouse pages build',
  summary: 'Writes the error pages of a brand as files, for servers that send them without the default backend',
  details: `There is a page for every status, language and format, with a .br, .zst and .gz beside it where that is smaller;
an index.html to look at them; and nginx-http.conf and nginx-server.conf, which a plain nginx includes to send them.
Exit code 0: written. 1: the brand or the directory cannot be used, and nothing was changed. 2: wrong usage.`,
  flags: {
    ...brandFlags,
    out: text({ default: '', placeholder: 'DIR', summary: 'Directory to write; what an earlier run wrote there goes' }),
    status: texts({
      default: [],
      placeholder: 'CODE',
      summary: 'Only pages of this status; all of them when left out',
    }),
    root: text({
      default: '',
      placeholder: 'DIR',
      summary: 'Where the content of --out will lie on the server; the same place when left out',
    }),
  },
} as const satisfies Command<FlagTable>;

type BuildFlags = FlagValues<typeof command.flags>;

export function runPagesBuild(context: ProgramContext): Promise<number> {
  return runCommand(command, context, async ({ values }) => {
    const wrong = wrongUsage(values);
    if (wrong !== undefined) {
      context.stderr.write(`${command.name}: ${wrong}\nTry ${command.name} --help\n`);
      return EXIT_USAGE;
    }
    return build(values, context);
  });
}

function wrongUsage(values: BuildFlags): string | undefined {
  const { brand, out, root, status } = values;
  const odd = status.find((code) => !/^[45][0-9]{2}$/.test(code));
  if (odd !== undefined) return `--status: ${quoteFound(odd)} is not a status from 400 to 599`;
  if (out === '') return '--out: which directory shall be written?';
  if (brand !== '' && isInside(resolve(out), resolve(brand))) {
    return `--out: ${quoteFound(out)} holds the directory of --brand, which would be lost; name another`;
  }
  if (plainPath.test(rootOf(values))) return undefined;
  const rule = 'is not an absolute path of letters, digits and . _ ~ + @ - / alone';
  if (root !== '') return `--root: ${quoteFound(root)} ${rule}`;
  return `--out: ${quoteFound(resolve(out))} ${rule}; name another, or say by --root where the pages will lie`;
}

function rootOf({ out, root }: BuildFlags): string {
  return root === '' ? resolve(out) : root;
}

function isInside(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory.replace(/\/?$/, '/'));
}

async function build(values: BuildFlags, context: ProgramContext): Promise<number> {
  const { stdout, stderr } = context;
  const loaded = await readBrand(values, context);
  if (loaded === undefined) return EXIT_FAILED;
  const brands = folderBrands(prepareBrands(loaded.brands));
  const statuses = values.status.length === 0 ? allStatuses(brands) : [...new Set(values.status.map(Number))];
  try {
    const written = await writePages({ brands, statuses, out: values.out, root: join(rootOf(values), 'pages') });
    if (!written.ok) {
      stderr.write(`${command.name}: --out: ${quoteFound(values.out)} ${written.error}; name another --out\n`);
      return EXIT_FAILED;
    }
    stdout.write(describeWritten(values.out, written.value));
    return EXIT_OK;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    stderr.write(`${command.name}: --out: ${quoteFound(values.out)} cannot be written: ${oneLine(reason)}\n`);
    return EXIT_FAILED;
  }
}

function describeWritten(out: string, { pages, files, bytes, largest }: WrittenPages): string {
  const kib = (size: number): string => `${(size / 1024).toFixed(1)} KiB`;
  return `${oneLine(out)}: ${pages} pages in ${files} files, ${kib(bytes)}; the largest page has ${kib(largest)}
${oneLine(join(out, 'index.html'))} lists them
nginx: include nginx-http.conf in "http" and nginx-server.conf in "server"
`;
}
