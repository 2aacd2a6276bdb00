export { proxyCommand } from './command.ts';
export { runProxy } from './run-proxy.ts';
