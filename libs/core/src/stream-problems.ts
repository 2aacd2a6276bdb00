/**
 * Duty: the part of the table of Problems that is about TCP and UDP ports, and the ConfigMaps that ask for them.
 */
import type { ProblemDeclaration } from './problem-declaration.ts';

export const streamProblems = {
  StreamInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'The entry of the ConfigMap of TCP or UDP services is malformed; its port is not opened.',
    remedy:
      'Write a port as key, and NAMESPACE/SERVICE:PORT as value, for TCP with :PROXY behind it where it is wanted.',
  },
  StreamPortTaken: {
    severity: 'error',
    admission: 'deny',
    summary: 'The port of the entry is used already, by another entry or by Gatehouse itself; the entry is left out.',
    remedy: 'Use another port.',
  },
  StreamProxyProtocolIgnored: {
    severity: 'warning',
    admission: 'warn',
    summary: 'The entry asks for the PROXY protocol over UDP, where there is none; the port is served without.',
    remedy: 'Remove :PROXY.',
  },
  StreamServiceForeign: {
    severity: 'error',
    admission: 'warn',
    summary: 'The Service of the entry is not in the only namespace that is served; its port is not opened.',
    remedy: 'Name a Service of that namespace, or start without --watch-namespace.',
  },
  StreamNeedsModule: {
    severity: 'error',
    admission: 'silent',
    summary: 'The running nginx lacks a module that the TCP or UDP port needs; the port is not opened.',
    remedy: 'Install the stream module of nginx (Debian: libnginx-mod-stream), or run an nginx that was built with it.',
  },
  ConfigMapMissing: {
    severity: 'warning',
    admission: 'silent',
    summary: 'The ConfigMap that a flag names does not exist; it counts as empty.',
    remedy: 'Create it, or leave the flag out.',
  },
} as const satisfies Record<string, ProblemDeclaration>;
