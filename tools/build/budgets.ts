/**
 * What the bundle of each app may weigh, in KiB: about 15 % more than it does. A bundle that grows past it fails the build:
 * raise the number in the change that needs it, and say there what it buys.
 */
export const BUDGETS_KIB: Readonly<Record<string, number>> = {
  'admission-webhook': 3950,
  cli: 4800,
  controller: 4100,
  'default-backend': 1250,
  proxy: 190,
};
