export type { Interpolated, InterpolatedPart } from './interpolated.ts';
export type { BackendProtocol, HstsSettings, Redirect, RoutePolicy, Settings } from './policy.ts';
