/**
 * Duty: how long the gate is fuzzed, and from which seed.
 */
const USUAL_SECONDS = 30;

export const seed = Number(process.env['GATEHOUSE_SEED'] ?? Date.now() % 2 ** 31);

/** GATEHOUSE_FUZZ_SECONDS: of both specs together. */
export const fuzzSeconds = Number(process.env['GATEHOUSE_FUZZ_SECONDS'] ?? USUAL_SECONDS);

/** How much longer than that a test may take, for all that stands around it. */
export const BESIDES_MS = 60_000;
