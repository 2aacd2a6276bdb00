export { startAgentServer, type AgentServer } from './agent-server.ts';
export { findNginx, type NginxSearch } from './find-nginx.ts';
export { createLocalSupervisor, type LocalSupervisor } from './local-supervisor.ts';
export { capabilitiesOf, readCapabilities, readMachineFacts, type MachineFacts } from './machine.ts';
export { createNginxProcess, type NginxProcessOptions } from './nginx-process.ts';
export type { NginxSupervisor } from './nginx-supervisor.ts';
export { judgeRuntimePath, openProxyRuntime, openRuntime } from './open-runtime.ts';
export { awaitMachineFacts, createRemoteSupervisor } from './remote-supervisor.ts';
export { runtimeLayout } from './runtime-layout.ts';
