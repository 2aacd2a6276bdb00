export { findNginx, readCapabilities, type NginxSearch } from './find-nginx.ts';
export { createNginxProcess, type NginxProcessOptions } from './nginx-process.ts';
export { judgeRuntimePath, openRuntime } from './open-runtime.ts';
