/**
 * Duty: an nginx that refuses what no check of ours finds: a configuration with a certain path in it. It names no line, so
 * that the Ingress has to be found by bisection.
 */
import { writeFileSync } from 'node:fs';

/** The path that is refused. */
export const REFUSED_PATH = '/refused-by-nginx';

/** Writes a program that stands for nginx, and is it but for that. `testMs` is added to each test of a configuration. */
export function writeRefusingNginx(file: string, testMs = 0): void {
  const binary = process.env['GATEHOUSE_NGINX_BINARY'] ?? 'nginx';
  const lines = [
    '#!/bin/sh',
    'for word; do last=$word; done',
    'if [ "$1" = -t ]; then',
    `  sleep ${testMs / 1000}`,
    `  if grep -qsF '${REFUSED_PATH}' "$last"; then`,
    "    echo 'nginx: [emerg] a path is refused' >&2",
    '    exit 1',
    '  fi',
    'fi',
    `exec '${binary}' "$@"`,
    '',
  ];
  writeFileSync(file, lines.join('\n'), { mode: 0o755 });
}
