/**
 * Duty: `gatehouse pages preview`: a gallery of the error pages that follows the brand directory.
 */
import { isIP } from 'node:net';
import { quoteFound } from '@gatehouse/core';
import { brandForAll, prepareBrands, watchBrand, type BrandProblem } from '@gatehouse/error-pages';
import {
  EXIT_OK,
  EXIT_USAGE,
  integer,
  runCommand,
  text,
  type Command,
  type FlagTable,
  type FlagValues,
  type ProgramContext,
} from '@gatehouse/flags';
import { createHttpServer } from '@gatehouse/http';
import { createLogger, logFailure, logFlags, StartError } from '@gatehouse/logging';
import { brandFlags, problemLine, standardBrand } from './brand-flags.ts';
import { errorCode } from './error-code.ts';
import { createPreviewApp, type PreviewState } from './preview-app.ts';

const command = {
  name: 'gatehouse pages preview',
  summary: 'Serves a gallery of all error pages of a brand, which follows what you save, until Ctrl-C',
  details: `It shows every status, reason, language, format and design, light and dark. Reload the gallery after you have saved.
Exit code 0: it was ended. 1: the address or the port cannot be had. 2: wrong usage.`,
  flags: {
    ...brandFlags,
    address: text({
      default: '127.0.0.1',
      placeholder: 'IP',
      summary: 'Address to listen on; who reaches it can look',
    }),
    port: integer({
      default: 8088,
      min: 0,
      max: 65_535,
      placeholder: 'PORT',
      summary: 'Port to listen on; 0 takes a free one',
    }),
    ...logFlags,
  },
} as const satisfies Command<FlagTable>;

type PreviewFlags = FlagValues<typeof command.flags>;

export function runPagesPreview(context: ProgramContext): Promise<number> {
  return runCommand(command, context, async ({ values }) => {
    if (isIP(values.address) !== 0 || values.address === 'localhost') return serveGallery(values, context);
    context.stderr.write(
      `${command.name}: --address: ${quoteFound(values.address)} is neither an IP address nor localhost\nTry ${command.name} --help\n`,
    );
    return EXIT_USAGE;
  });
}

async function serveGallery(values: PreviewFlags, { stdout, stderr, signal }: ProgramContext): Promise<number> {
  const logger = createLogger({ format: values.logFormat, level: values.logLevel, destination: stderr });
  let state: PreviewState = { brands: prepareBrands(brandForAll(standardBrand(values))), problems: [] };
  const watching =
    values.brand === ''
      ? undefined
      : await followBrand(values, { stderr, take: (next) => (state = { ...state, ...next }) });
  const server = createHttpServer({ app: createPreviewApp(() => state), logger });
  try {
    const port = await server.listen({ host: values.address, port: values.port });
    stdout.write(
      `Look at http://${values.address.includes(':') ? `[${values.address}]` : values.address}:${port}/ (Ctrl-C ends it)\n`,
    );
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await server.close(0);
    return EXIT_OK;
  } catch (error) {
    return logFailure(logger, describeListenError(error, values));
  } finally {
    await watching?.close();
  }
}

/** In one sentence where whoever started it can mend it, else the error itself. */
function describeListenError(error: unknown, { address, port }: PreviewFlags): unknown {
  const because = (message: string): StartError => new StartError(message, { cause: error });
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return because(`--port: ${port} is in use on ${address}; name another, or 0 for a free one`);
    case 'EACCES':
      return because(`--port: this user may not listen on ${port}; name one from 1024 to 65535, or 0 for a free one`);
    case 'EADDRNOTAVAIL':
      return because(`--address: ${quoteFound(address)} is no address of this machine`);
    default:
      return error;
  }
}

interface Following extends Pick<ProgramContext, 'stderr'> {
  readonly take: (next: Partial<PreviewState>) => void;
}

function followBrand(values: PreviewFlags, { stderr, take }: Following): ReturnType<typeof watchBrand> {
  const tell = (problems: readonly BrandProblem[]): readonly string[] => {
    const lines = problems.map((problem) => problemLine(values, problem));
    stderr.write(lines.map((line) => `${line}\n`).join(''));
    return lines;
  };
  return watchBrand(values.brand, {
    standard: standardBrand(values),
    onBrand: ({ brands, warnings }) => take({ brands: prepareBrands(brands), problems: tell(warnings) }),
    onProblem: (problems) => take({ problems: tell(problems) }),
  });
}
