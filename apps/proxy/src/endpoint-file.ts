/**
 * Duty: the endpoints that nginx was told last, in a file: so that it has them when the proxy starts without the controller.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { EndpointChange, EndpointFeed, Logger } from '@gatehouse/pipeline';

/** Changes that follow each other at once are written together. */
const WAIT_MS = 250;

export interface EndpointFile extends EndpointFeed {
  /** Tells `feed` what the file says. Nothing, when there is none or it is damaged. */
  restore(): Promise<void>;
  /** Writes what has not been written yet. */
  close(): Promise<void>;
}

/** Passes changes on to `feed`, and remembers them in `file` once that took them. */
export function rememberEndpoints(
  feed: EndpointFeed,
  { file, logger }: { file: string; logger: Logger },
): EndpointFile {
  const known = new Map<string, EndpointChange>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  const remember = (changes: readonly EndpointChange[]): void => {
    for (const change of changes) {
      if (change.endpoints === 'forgotten') known.delete(change.name);
      else known.set(change.name, change);
    }
  };
  // Only what is known when its turn comes is made a text of: while the disk hangs, nothing is kept for it but one turn.
  const write = (): void => {
    writing = writing
      .then(() => {
        timer = undefined;
        return writeWhole(file, JSON.stringify([...known.values()]));
      })
      .catch((error: unknown) => {
        logger.warn('The endpoints could not be written down: an nginx that starts without the controller lacks them', {
          error,
        });
      });
  };
  return {
    set(changes) {
      feed.set(changes);
      remember(changes);
      timer ??= setTimeout(write, WAIT_MS);
    },
    async restore() {
      try {
        const changes = JSON.parse(await readFile(file, 'utf8')) as readonly EndpointChange[];
        feed.set(changes);
        remember(changes);
      } catch (error) {
        logger.debug('There are no endpoints from before', { error });
      }
    },
    async close() {
      if (timer !== undefined) {
        clearTimeout(timer);
        write();
      }
      await writing;
    },
  };
}

async function writeWhole(file: string, content: string): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await writeFile(beside, content, { mode: 0o600 });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
