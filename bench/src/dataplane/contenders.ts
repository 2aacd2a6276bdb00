/**
 * Duty: other proxies for the same requests: nginx as one would write it by hand, nginx that does nothing more than pass them
 * on, and what others take instead of nginx.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface Contender {
  readonly name: string;
  readonly binary: string;
  /** What starts it with the file at `file`. */
  args(file: string, port: number): readonly string[];
  /** Of its file's name; `conf` unless given. */
  readonly ending?: string;
  /** All that it is told. @ is a path of its own. */
  config(port: number, backendPort: number): string;
}

export interface RunningContender {
  readonly name: string;
  readonly port: number;
  close(): Promise<void>;
}

const ANSWERS_WITHIN_MS = 20_000;
const POLL_MS = 50;

/** How it can be had here; undefined when it is. */
export function whyNoContender({ name, binary }: Contender): string | undefined {
  const env = { ...process.env, PATH: searchPath() };
  return spawnSync('which', [binary], { env }).status === 0 ? undefined : `${name} is not installed`;
}

/** Starts it and waits until it answers. Throws when it does not. */
export async function startContender(
  contender: Contender,
  { directory, port, backendPort }: { readonly directory: string; readonly port: number; readonly backendPort: number },
): Promise<RunningContender> {
  const { name, binary } = contender;
  // Not its bare name: traefik takes a traefik.toml there for the one with its own settings.
  const base = join(directory, `bench-${name.replaceAll(' ', '-')}`);
  const file = `${base}.${contender.ending ?? 'conf'}`;
  writeFileSync(file, contender.config(port, backendPort).replaceAll('@', base));
  const env = { ...process.env, PATH: searchPath(), XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory };
  // A session of its own, as ours has: the kernel shares the processors out among sessions.
  const child = spawn(binary, contender.args(file, port), { stdio: ['ignore', 'ignore', 'pipe'], env, detached: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-4000)));
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  const deadlineMs = performance.now() + ANSWERS_WITHIN_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
    if (performance.now() > deadlineMs) {
      await close();
      throw new Error(`${name} does not answer: ${said}`);
    }
    await delay(POLL_MS);
  }
  return { name, port, close };
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

function searchPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/sbin:${process.env['HOME'] ?? ''}/go/bin`;
}

const nginx = {
  binary: process.env['GATEHOUSE_NGINX_BINARY'] ?? 'nginx',
  args: (file: string) => ['-e', 'stderr', '-c', file],
};

const common = `daemon off;
worker_processes auto;
error_log stderr error;
pid @.pid;
events { worker_connections 16384; }
`;

/** Where requests end. */
export const backend: Contender = {
  ...nginx,
  name: 'backend',
  config: (port) => `${common}
http {
    access_log off;
    keepalive_requests 1000000;
    server {
        listen 127.0.0.1:${port};
        location / { return 200 "served by a pod"; }
    }
}
`,
};

/** The same upstream, access log and headers as ours. */
export const handWritten: Contender = {
  ...nginx,
  name: 'nginx.conf written by hand',
  config: (port, backendPort) => `${common}
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
`,
};

/** No access log, no headers. */
export const barePass: Contender = {
  ...nginx,
  name: 'a bare proxy_pass',
  config: (port, backendPort) => `${common}
http {
    access_log off;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    upstream app { server 127.0.0.1:${backendPort}; keepalive 32; }
    server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://app; }
    }
}
`,
};

/** Without an access log: what is usual for each. */
export const others: readonly Contender[] = [
  {
    name: 'haproxy',
    binary: 'haproxy',
    args: (file) => ['-db', '-f', file],
    config: (port, backendPort) => `global
    maxconn 4096
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    option forwardfor
frontend web
    bind 127.0.0.1:${port}
    default_backend app
backend app
    http-reuse always
    server pod 127.0.0.1:${backendPort}
`,
  },
  {
    name: 'caddy',
    binary: 'caddy',
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
    config: (port, backendPort) => `{
    admin off
    auto_https off
}
http://:${port} {
    bind 127.0.0.1
    reverse_proxy 127.0.0.1:${backendPort}
}
`,
  },
  {
    name: 'traefik',
    binary: 'traefik',
    ending: 'toml',
    args: (file, port) => [`--entrypoints.web.address=127.0.0.1:${port}`, `--providers.file.filename=${file}`],
    config: (_, backendPort) => `[http.routers.web]
rule = "PathPrefix(\`/\`)"
service = "app"
[[http.services.app.loadBalancer.servers]]
url = "http://127.0.0.1:${backendPort}"
`,
  },
];
