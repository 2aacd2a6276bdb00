/**
 * Duty: removing the files that a killed nginx leaves behind.
 */
import { rm } from 'node:fs/promises';
import type { RuntimeLayout } from './runtime-layout.ts';

/** nginx could not bind a socket whose file is there. */
export async function removeTraces(layout: RuntimeLayout): Promise<void> {
  const { proofSocket, tlsSocket, errorSocket, pidFile, runningConfig, relearningConfig } = layout;
  const files = [proofSocket, tlsSocket, errorSocket, pidFile, runningConfig, relearningConfig];
  for (const file of files) await rm(file, { force: true });
}
