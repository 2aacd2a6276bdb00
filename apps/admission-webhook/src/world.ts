/**
 * Duty: the port for the world that candidates are judged in, and a directory of YAML as one.
 */
import { stdin } from 'node:process';
import type { StoreObserver } from '@gatehouse/kube-model';
import { ManifestSource } from '@gatehouse/manifests';
import type { Logger } from '@gatehouse/pipeline';

export interface World {
  /** Tells `observer` of every object as it changes; resolves when the first whole state is known. */
  start(observer: StoreObserver): Promise<void>;
  stop(): Promise<void>;
}

/** Directories and files of YAML, or `-`; followed until `stop`. The start rejects when one is not there. */
export function manifestWorld(paths: readonly string[], logger: Logger): World {
  const source = new ManifestSource({ paths, stdin, logger });
  return {
    start(observer) {
      source.observe(observer);
      return source.start(() => undefined);
    },
    stop: () => source.stop(),
  };
}
