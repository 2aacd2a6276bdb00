/**
 * Duty: an express app set up so that it tells nothing about itself and does nothing that was not asked for.
 */
import express, { type Express } from 'express';

/** No x-powered-by, no ETag computed over each body, no query parser, no stack traces, and no trust in forwarded headers. */
export function createHttpApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('env', 'production');
  app.set('query parser', false);
  app.set('trust proxy', false);
  app.enable('case sensitive routing');
  return app;
}
