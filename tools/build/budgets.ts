/**
 * What the bundle of each app may weigh, in KiB. A bundle that grows past it fails the build: raise the number in the
 * change that needs it, and say there what it buys.
 */
export const BUDGETS_KIB: Readonly<Record<string, number>> = {
  'admission-webhook': 3072,
  cli: 3072,
  controller: 3072,
  'default-backend': 3072,
};
