export { startController, type RunningController } from './controller.ts';
export { parseControllerFlags, type ControllerConfig } from './flags.ts';
export { runController } from './run-controller.ts';
export { makeTemporaryDirectory } from './runtime-directory.ts';
