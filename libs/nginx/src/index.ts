export { NO_ENDPOINTS_ADDRESS, NOBODY_ADDRESS } from './plan/endpoint-dns.ts';
export type { Bundle } from './bundle.ts';
export type { ListenAddress, RenderOptions } from './render-options.ts';
export { newestCapabilities, type NginxCapabilities } from './capabilities.ts';
export { describeKnownFaults } from './known-faults.ts';
export { parseNginxVersion } from './parse-nginx-version.ts';
export { reloadCauses, type ReloadCause } from './reload-causes.ts';
export { createRenderer, type Renderer } from './render/renderer.ts';
export { lexNginx, type NginxDirective, type NginxTree } from './lexer/lex-nginx.ts';
