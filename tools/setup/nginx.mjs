import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/nginx/sbin'];
const HOW_TO = 'install it (Debian and Ubuntu: "apt-get install nginx"), or name its path in GATEHOUSE_NGINX_BINARY';

/** What TCP and UDP ports need. */
const STREAM_MODULE = 'libnginx-mod-stream';

/** Debian asks this program whether an installed service may start. */
const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_REFUSES = '#!/bin/sh\nexit 101\n';

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function hasProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...USUAL_FOLDERS];
  return folders.some((folder) => folder !== '' && isExecutable(join(folder, name)));
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
}

/** Installs the program only: its service stays down, since the controller starts an nginx of its own. */
function installWithApt() {
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) writeFileSync(POLICY, POLICY_REFUSES, { mode: 0o755 });
  try {
    if (!apt('update') || !apt('install', '-y', '--no-install-recommends', 'nginx')) return false;
    // Some distributions build it in, and have no such package.
    const isKnown = spawnSync('apt-cache', ['show', STREAM_MODULE], { stdio: 'ignore' }).status === 0;
    return !isKnown || apt('install', '-y', '--no-install-recommends', STREAM_MODULE);
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}

export function ensureNginx() {
  const named = process.env.GATEHOUSE_NGINX_BINARY;
  if (named !== undefined && named !== '') {
    if (!isExecutable(named)) throw new Error(`GATEHOUSE_NGINX_BINARY names ${named}, which is not a program.`);
    return;
  }
  if (hasProgram('nginx')) return;
  if (process.getuid?.() !== 0 || !hasProgram('apt-get')) throw new Error(`nginx is missing: ${HOW_TO}.`);
  console.error('Installing nginx (apt-get) …');
  if (!installWithApt() || !hasProgram('nginx')) throw new Error(`apt-get could not install nginx: ${HOW_TO}.`);
}
