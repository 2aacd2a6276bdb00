/**
 * Duty: requests per second through a default location of ours, against an nginx.conf written by hand with the same
 * upstream, access log and headers, in pairs so that a machine whose speed drifts does not matter.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startGate } from '@gatehouse/e2e';
import { freePort } from '@gatehouse/testing';
import { median, type Measured } from '../figure.ts';
import { loadPort, whyNoWrk } from '../wrk.ts';
import { serviceWithEndpoint } from './service-with-endpoint.ts';

const PAIRS = 16;
const NAME = 'requests per second through a default location, against nginx.conf written by hand';
const BODY = 'served by a pod';

export async function measureThroughput(): Promise<Measured> {
  const why = await whyNoWrk();
  if (why !== undefined) return { name: NAME, why };
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const [backendPort, handPort] = await Promise.all([freePort(), freePort()]);
  const servers = [startNginx(directory, 'backend', backendConfig(backendPort))];
  servers.push(startNginx(directory, 'hand', handWrittenConfig(handPort, backendPort)));
  const manifests = join(directory, 'objects.yaml');
  writeFileSync(manifests, objects(backendPort));
  const gate = await startGate({ manifests });
  try {
    await delay(500);
    const ratios: number[] = [];
    await load(gate.httpPort);
    for (let pair = 0; pair < PAIRS; pair += 1) ratios.push(await ratioOfPair(gate.httpPort, handPort, pair));
    const extremes = `${PAIRS} pairs, min ${Math.min(...ratios).toFixed(2)}, max ${Math.max(...ratios).toFixed(2)}`;
    return { name: NAME, unit: 'ratio', measured: median(ratios), bar: { atLeast: 0.9 }, note: extremes };
  } finally {
    await gate.close();
    await Promise.all(servers.map(endNginx));
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Ours to theirs; who goes first changes from pair to pair. */
async function ratioOfPair(ours: number, theirs: number, pair: number): Promise<number> {
  const [first, second] = pair % 2 === 0 ? [ours, theirs] : [theirs, ours];
  const [a, b] = [await load(first), await load(second)];
  return pair % 2 === 0 ? a / b : b / a;
}

/** Requests per second over one second with 30 connections; throws when one answer is no success. */
async function load(port: number): Promise<number> {
  const { perSecond, hasNon2xx } = await loadPort({
    ...{ port, connections: 30, seconds: 1, headers: { Host: 'x.example.com' } },
  });
  if (hasNon2xx) throw new Error('errors under load');
  return perSecond;
}

function startNginx(directory: string, name: string, config: string): ChildProcess {
  const file = join(directory, `${name}.conf`);
  writeFileSync(file, config.replaceAll('@', join(directory, name)));
  const binary = process.env['GATEHOUSE_NGINX_BINARY'] ?? 'nginx';
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin`;
  const env = { ...process.env, PATH: path };
  // A session of its own, as ours has: the kernel shares the processors out among sessions.
  return spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'inherit'], env, detached: true });
}

async function endNginx(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

const common = `daemon off;
worker_processes auto;
error_log stderr error;
pid @.pid;
events { worker_connections 16384; }
`;

const backendConfig = (port: number): string => `${common}
http {
    access_log off;
    keepalive_requests 1000000;
    server {
        listen 127.0.0.1:${port};
        location / { return 200 "${BODY}"; }
    }
}
`;

const handWrittenConfig = (port: number, backendPort: number): string => `${common}
http {
    log_format main '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
        '"$http_referer" "$http_user_agent" $request_length $request_time [$proxy_host] [] $upstream_addr '
        '$upstream_response_length $upstream_response_time $upstream_status $request_id';
    access_log /dev/stdout main buffer=64k flush=1s;
    server_tokens off;
    proxy_http_version 1.1;
    proxy_buffering off;
    proxy_buffer_size 4k;
    map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
    proxy_set_header Host $host;
    proxy_set_header X-Request-ID $request_id;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Host $host;
    proxy_set_header X-Forwarded-Port $server_port;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Scheme $scheme;
    proxy_set_header X-Scheme $scheme;
    proxy_set_header X-Original-Forwarded-For $http_x_forwarded_for;
    proxy_set_header Proxy "";
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    upstream app { server 127.0.0.1:${backendPort}; keepalive 32; }
    server {
        listen 127.0.0.1:${port};
        server_name x.example.com;
        location / { proxy_pass http://app; }
    }
}
`;

const objects = (backendPort: number): string => `${serviceWithEndpoint(backendPort)}---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  ingressClassName: nginx
  rules:
    - host: x.example.com
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }
`;
