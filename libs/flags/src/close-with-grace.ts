/**
 * Duty: ending what serves, with time for its requests until somebody says "now".
 */

/**
 * Calls `close` with `graceMs`, and once more with 0 as soon as `cutOff` is aborted (`ProgramContext.cutOff`). `close`
 * cuts off requests that still run after that many milliseconds.
 */
export async function closeWithGrace<G extends number | undefined>(
  close: (graceMs: G | 0) => Promise<void>,
  graceMs: G,
  cutOff?: AbortSignal,
): Promise<void> {
  if (cutOff?.aborted === true) return close(0);
  // What goes wrong with it, the first call tells.
  const cut = (): void => void close(0).catch(() => undefined);
  cutOff?.addEventListener('abort', cut, { once: true });
  try {
    await close(graceMs);
  } finally {
    cutOff?.removeEventListener('abort', cut);
  }
}
