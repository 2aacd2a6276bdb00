/**
 * Duty: `gatehouse pages preview`: a gallery of the error pages that follows the brand directory.
 */
import {
  brandForAll,
  describeBrandProblem,
  prepareBrands,
  watchBrand,
  type BrandProblem,
} from '@gatehouse/error-pages';
import {
  EXIT_OK,
  integer,
  runCommand,
  text,
  type Command,
  type FlagTable,
  type FlagValues,
  type ProgramContext,
} from '@gatehouse/flags';
import { createHttpServer } from '@gatehouse/http';
import { createLogger, logFailure, logFlags } from '@gatehouse/logging';
import { oneLine } from '../one-line.ts';
import { brandFlags, standardBrand } from './brand-flags.ts';
import { createPreviewApp, type PreviewState } from './preview-app.ts';

const command = {
  name: 'gatehouse pages preview',
  summary: 'Serves a gallery of all error pages of a brand, which follows what you save, until Ctrl-C',
  details:
    'It shows every status, reason, language, format and design, light and dark. Reload the gallery after you have saved.',
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
  return runCommand(command, context, ({ values }) => serveGallery(values, context));
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
    return logFailure(logger, error);
  } finally {
    await watching?.close();
  }
}

interface Following extends Pick<ProgramContext, 'stderr'> {
  readonly take: (next: Partial<PreviewState>) => void;
}

function followBrand(values: PreviewFlags, { stderr, take }: Following): ReturnType<typeof watchBrand> {
  const tell = (problems: readonly BrandProblem[]): readonly string[] => {
    const lines = problems.map((problem) => oneLine(describeBrandProblem(problem)));
    stderr.write(lines.map((line) => `${line}\n`).join(''));
    return lines;
  };
  return watchBrand(values.brand, {
    standard: standardBrand(values),
    onBrand: ({ brands, warnings }) => take({ brands: prepareBrands(brands), problems: tell(warnings) }),
    onProblem: (problems) => take({ problems: tell(problems) }),
  });
}
