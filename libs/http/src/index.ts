export { answerErrors, publicError, type PublicError } from './answer-errors.ts';
export { createHealthApp, createMetricsRegistry, type HealthOptions } from './health.ts';
export { createHttpApp } from './http-app.ts';
export { createHttpServer, type HttpServer, type HttpServerOptions, type TlsIdentity } from './http-server.ts';
export { defaultHttpLimits, type HttpLimits } from './limits.ts';
export { parseJson, refuseOtherMedia } from './parse-json.ts';
export { readBody, type BodyLimits } from './read-body.ts';
export { Refusal } from './refusal.ts';
export { serve, type ServeOptions, type Serving } from './serve.ts';
