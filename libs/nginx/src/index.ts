export type { Bundle } from './bundle.ts';
export type { ListenAddress, RenderOptions } from './render-options.ts';
export type { NginxCapabilities } from './capabilities.ts';
