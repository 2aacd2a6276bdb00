export { ask, type Answer, type GatePorts, type Question } from './ask.ts';
export { configOf, makePlace, startBareNginx, testedCapabilities, type BareNginx } from './bare-nginx.ts';
export { startEchoBackend, type EchoBackend } from './echo-backend.ts';
export { startGate, type Gate, type GateOptions } from './gate.ts';
export { nonLoopbackAddress } from './non-loopback-address.ts';
