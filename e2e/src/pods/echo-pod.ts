/**
 * Duty: the program of the Pods that stand behind Services in a cluster: an echo backend that calls itself by the Pod's name,
 * and, on a port for the tests alone, whatever further backends a scenario wants.
 *
 * After SIGTERM it goes on answering for a while, as a Pod must whose end is still on its way to who sends it requests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { startEchoBackend } from '../harness/echo-backend.ts';
import { backendKinds, startScenarioBackend, type ScenarioBackend } from '../harness/scenario-backends.ts';

const ECHO_PORT = 8080;
const CONTROL_PORT = 8090;
const ANSWERS_AFTER_SIGTERM_MS = 3000;
const EVERY_ADDRESS = '0.0.0.0';

const started: ScenarioBackend[] = [];

/** `POST /backends?name=NAME&kind=KIND` starts one and answers its port; `DELETE /backends` ends all. */
async function control(request: IncomingMessage): Promise<object> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pod');
  if (pathname !== '/backends') throw new Error(`there is no ${pathname}`);
  if (request.method === 'DELETE') {
    await Promise.all(started.splice(0).map((backend) => backend.close()));
    return {};
  }
  const kind = backendKinds.find((each) => each === searchParams.get('kind'));
  if (request.method !== 'POST' || kind === undefined) throw new Error('a backend has a name and a kind');
  const backend = await startScenarioBackend(searchParams.get('name') ?? '', { kind, address: EVERY_ADDRESS });
  started.push(backend);
  return { port: backend.port };
}

function answerControl(request: IncomingMessage, response: ServerResponse): void {
  control(request).then(
    (answer) => response.end(JSON.stringify(answer)),
    (error: unknown) => response.writeHead(400).end(String(error)),
  );
}

const echo = await startEchoBackend({ name: hostname(), address: EVERY_ADDRESS, port: ECHO_PORT });
const controls = createServer(answerControl).listen(CONTROL_PORT, EVERY_ADDRESS);
process.once('SIGTERM', () => {
  setTimeout(() => {
    controls.close();
    controls.closeAllConnections();
    void Promise.all([echo, ...started].map((backend) => backend.close())).then(() => process.exit(0));
  }, ANSWERS_AFTER_SIGTERM_MS);
});
