/**
 * Duty: what probes ask: /healthz and /readyz. Must not know what the program does.
 */
import type { RequestListener } from 'node:http';

/** `unreadyReason`: why the program cannot serve now, as a sentence; undefined: it can. */
export function createProbeApp(unreadyReason: () => Promise<string | undefined>): RequestListener {
  return (request, response) => {
    const send = (status: number, text: string): void => {
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : `${text}\n`);
    };
    const path = request.method === 'GET' || request.method === 'HEAD' ? request.url : '';
    if (path === '/healthz') send(200, 'ok');
    else if (path !== '/readyz') send(404, 'not found');
    else {
      void unreadyReason().then(
        (reason) => send(reason === undefined ? 200 : 503, reason ?? 'ok'),
        () => send(503, 'nginx cannot be asked'),
      );
    }
  };
}
