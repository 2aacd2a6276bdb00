export { ask, type Answer, type GatePorts, type Question } from './ask.ts';
export { configOf, makePlace, startBareNginx, testedCapabilities, type BareNginx } from './bare-nginx.ts';
export { ClusterObjects } from './cluster-objects.ts';
export { startEchoBackend, type EchoBackend } from './echo-backend.ts';
export { startGate, type Gate, type GateOptions } from './gate.ts';
export { handshake, startHandshakes } from './handshake.ts';
export { oneRule } from './manifest-directory.ts';
export { nonLoopbackAddress } from './non-loopback-address.ts';
export { REFUSED_PATH, writeRefusingNginx } from './refusing-nginx.ts';
