export { startController, type RunningController } from './controller.ts';
export { controllerCommand, parseControllerFlags, type ControllerConfig } from './flags.ts';
export { klogFlags, predecessorFlags, type PredecessorFlag } from './predecessor-flags.ts';
export { runController } from './run-controller.ts';
export { makeTemporaryDirectory } from './runtime-directory.ts';
