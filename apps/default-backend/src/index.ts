export { defaultBackendCommand } from './command.ts';
export { runDefaultBackend } from './run.ts';
export { startDefaultBackend, type DefaultBackendOptions } from './start.ts';
