export { runProxy } from './run-proxy.ts';
