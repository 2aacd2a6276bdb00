/**
 * Duty: `gatehouse pages …`: which of its commands it is.
 */
import type { ProgramContext } from '@gatehouse/flags';
import { runGroup, type CommandGroup } from '../command-group.ts';
import { runPagesBuild } from './run-pages-build.ts';
import { runPagesCheck } from './run-pages-check.ts';
import { runPagesPreview } from './run-pages-preview.ts';

const commands: CommandGroup = new Map([
  ['build', { summary: 'Write the error pages as files that any server can send', run: runPagesBuild }],
  ['check', { summary: 'List all that is wrong with a brand, with file and line', run: runPagesCheck }],
  ['preview', { summary: 'Serve the error pages to look at while you edit the brand', run: runPagesPreview }],
]);

export function runPages(context: ProgramContext): Promise<number> {
  return runGroup('pages', commands, context);
}
