import { builtinModules } from 'node:module';

// From the snapshot of objects to the text of the config everything is deterministic: these rules keep the clock, chance,
// the disk, the network and the environment out of it. Hashing is deterministic, so node:crypto stays.

const ALLOWED_BUILTINS = ['crypto'];

const bannedBuiltins = builtinModules
  .map((name) => name.replace(/^node:/, ''))
  .filter((name) => !name.startsWith('_') && !ALLOWED_BUILTINS.includes(name))
  .flatMap((name) => [name, `node:${name}`]);

export const bannedImports = [...new Set(bannedBuiltins)].map((name) => ({
  name,
  message: 'The pure part does no I/O: ask for a port, or move the code to an adapter.',
}));

export const bannedGlobals = [
  'console',
  'fetch',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
].map((name) => ({ name, message: 'The pure part knows no environment, log or timer: pass the value in.' }));

export const bannedProperties = [
  { object: 'Date', property: 'now', message: 'The pure part has no clock: pass the time in.' },
  { object: 'Math', property: 'random', message: 'The same input gives the same bytes.' },
  { object: 'crypto', property: 'randomUUID', message: 'The same input gives the same bytes.' },
];

export const bannedSyntax = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.name='Date']",
    message: 'The pure part has no clock: pass the time in.',
  },
];
