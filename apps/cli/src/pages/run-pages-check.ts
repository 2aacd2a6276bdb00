/**
 * Duty: `gatehouse pages check`: all that is wrong with a brand directory.
 */
import {
  EXIT_FAILED,
  EXIT_OK,
  EXIT_USAGE,
  runCommand,
  type Command,
  type FlagTable,
  type ProgramContext,
} from '@gatehouse/flags';
import { brandFlags, readBrand } from './brand-flags.ts';

const command = {
  name: 'gatehouse pages check',
  summary: 'Tells all that is wrong with the brand in a directory, with file, line and key',
  details: 'Exit code 0: it can be used, with or without warnings. 1: it cannot. 2: wrong usage.',
  flags: brandFlags,
} as const satisfies Command<FlagTable>;

export function runPagesCheck(context: ProgramContext): Promise<number> {
  return runCommand(command, context, async ({ values }) => {
    if (values.brand === '') {
      context.stderr.write(`${command.name}: --brand: which directory?\nTry ${command.name} --help\n`);
      return EXIT_USAGE;
    }
    return (await readBrand(values, context)) === undefined ? EXIT_FAILED : EXIT_OK;
  });
}
