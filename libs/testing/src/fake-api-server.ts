/**
 * Duty: an API server that can fail in every way a test asks for. It keeps objects, lists them in pages,
 * and tells watches of changes, as the real one does; the contract of KubeSource is run against both.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BreakableServer } from './breakable-server.ts';
import type { CertificatePair } from './certificate.ts';

/** An object as JSON. */
export interface KubeJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What a client asks for. */
export interface Ask {
  readonly method: string;
  /** `ingresses` */
  readonly plural: string;
  /** Empty: all. */
  readonly namespace: string;
  /** Empty: a list or a watch. */
  readonly name: string;
  readonly isWatch: boolean;
  readonly query: URLSearchParams;
}

export interface WatchLine {
  readonly type: 'ADDED' | 'BOOKMARK' | 'DELETED' | 'ERROR' | 'MODIFIED';
  readonly object: unknown;
}

/** Answers in place of the server. `proceed` lets the server answer all the same. */
export type Answerer = (ask: Ask, response: ServerResponse, proceed: () => void) => void;

interface Fault {
  readonly matches: (ask: Ask) => boolean;
  readonly answer: Answerer;
  times: number;
}

interface Change {
  readonly version: number;
  readonly plural: string;
  readonly line: WatchLine;
}

const PATH = /^\/(?:api\/v1|apis\/[^/]+\/v1)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/;
const KINDS: Readonly<Record<string, readonly [kind: string, apiVersion: string]>> = {
  configmaps: ['ConfigMap', 'v1'],
  endpointslices: ['EndpointSlice', 'discovery.k8s.io/v1'],
  ingressclasses: ['IngressClass', 'networking.k8s.io/v1'],
  ingresses: ['Ingress', 'networking.k8s.io/v1'],
  namespaces: ['Namespace', 'v1'],
  secrets: ['Secret', 'v1'],
  services: ['Service', 'v1'],
};

export class FakeApiServer {
  readonly #objects = new Map<string, Map<string, KubeJson>>();
  readonly #watches = new Set<{ readonly ask: Ask; readonly response: ServerResponse }>();
  #changes: Change[] = [];
  #faults: Fault[] = [];
  #version = 1000;
  /** Changes up to this one are forgotten. */
  #oldest = 1000;
  /** What becomes of the lines that a change makes, before a watch gets them; text is sent as it is. */
  mangle: (line: WatchLine) => readonly (WatchLine | string)[] = (line) => [line];
  /** Everything that was asked, in order. */
  readonly asked: Ask[] = [];

  /** Where its connections come in, and can be broken. */
  readonly server: BreakableServer;

  /** With a certificate it speaks HTTP/2 over TLS, as the real one does; else HTTP/1.1. */
  constructor(pair?: CertificatePair) {
    this.server = new BreakableServer((request, response) => this.#take(request, response), pair);
  }

  get url(): string {
    return this.server.url;
  }

  get port(): number {
    return this.server.port;
  }

  get version(): string {
    return String(this.#version);
  }

  /** Begins to listen, after a stop on the same port. */
  start(): Promise<void> {
    return this.server.start();
  }

  /** Breaks all connections off and takes no new ones; what it keeps stays. */
  async stop(): Promise<void> {
    await this.server.stop();
    this.#watches.clear();
  }

  /** The next `times` requests that match are answered so. */
  fail(matches: (ask: Ask) => boolean, answer: Answerer, times = 1): void {
    this.#faults.push({ matches, answer, times });
  }

  /** Answers as usual from now on. */
  heal(): void {
    this.#faults = [];
    this.mangle = (line) => [line];
  }

  /** Creates or replaces an object. */
  put(json: KubeJson): KubeJson {
    const plural = pluralOf(json);
    const held = this.#of(plural);
    const before = held.get(keyOf(json));
    const version = ++this.#version;
    const metadata = {
      uid: before?.metadata.uid ?? `uid-${version}`,
      ...json.metadata,
      resourceVersion: String(version),
      managedFields: [{ manager: 'test' }],
    };
    const object = { ...json, metadata };
    held.set(keyOf(json), object);
    this.#tell({ version, plural, line: { type: before === undefined ? 'ADDED' : 'MODIFIED', object } });
    return object;
  }

  remove(json: KubeJson): void {
    const plural = pluralOf(json);
    const before = this.#of(plural).get(keyOf(json));
    if (before === undefined) throw new Error(`no such object: ${keyOf(json)}`);
    this.#of(plural).delete(keyOf(json));
    const version = ++this.#version;
    const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } };
    this.#tell({ version, plural, line: { type: 'DELETED', object } });
  }

  /** All objects of a resource. */
  list(plural: string): readonly KubeJson[] {
    return [...this.#of(plural).values()];
  }

  /** Forgets the past: a watch from an older version gets 410. */
  forgetHistory(): void {
    this.#changes = [];
    this.#oldest = ++this.#version;
  }

  /** Begins its versions anew, lower than before, as a server does whose storage was restored. */
  restore(): void {
    this.#changes = [];
    this.#version = 10;
    this.#oldest = 10;
    for (const { response } of this.#watches) response.destroy();
    this.#watches.clear();
  }

  /** Sends text to all watches of a resource, as it is. */
  send(plural: string, text: string): void {
    for (const { ask, response } of this.#watches) if (ask.plural === plural) response.write(text);
  }

  /** Tells watches of a resource how far they are. */
  bookmark(plural: string): void {
    const [kind, apiVersion] = kindOf(plural);
    const object = { kind, apiVersion, metadata: { resourceVersion: this.version } };
    this.send(plural, `${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  /** Ends all watches, as their time does. */
  endWatches(): void {
    for (const { response } of this.#watches) response.end();
    this.#watches.clear();
  }

  watchesOf(plural: string): number {
    return [...this.#watches].filter(({ ask }) => ask.plural === plural).length;
  }

  #of(plural: string): Map<string, KubeJson> {
    const held = this.#objects.get(plural) ?? new Map<string, KubeJson>();
    this.#objects.set(plural, held);
    return held;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://fake');
    const [, namespace = '', plural = '', name = ''] = PATH.exec(url.pathname) ?? [];
    const isWatch = url.searchParams.get('watch') === 'true';
    const ask = { method: request.method ?? '', plural, namespace, name, isWatch, query: url.searchParams };
    this.asked.push(ask);
    const fault = this.#faults.find(({ matches, times }) => times > 0 && matches(ask));
    if (fault === undefined) {
      this.#answer(ask, response);
      return;
    }
    fault.times--;
    fault.answer(ask, response, () => this.#answer(ask, response));
  }

  #answer(ask: Ask, response: ServerResponse): void {
    if (KINDS[ask.plural] === undefined) answerStatus(response, 404, 'NotFound');
    else if (ask.isWatch) this.#watch(ask, response);
    else if (ask.name === '') answerJson(response, 200, this.#page(ask));
    else {
      const object = this.#of(ask.plural).get(`${ask.namespace}/${ask.name}`);
      if (object === undefined) answerStatus(response, 404, 'NotFound');
      else answerJson(response, 200, object);
    }
  }

  #page(ask: Ask): unknown {
    const [kind, apiVersion] = kindOf(ask.plural);
    const all = this.list(ask.plural)
      .filter((object) => isSelected(ask, object))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const from = Number(ask.query.get('continue') ?? 0);
    const to = from + Number(ask.query.get('limit') ?? all.length);
    // As the real one, it leaves out in a list what each object is.
    const items = all.slice(from, to).map(({ kind: _, apiVersion: __, ...rest }) => rest);
    const more = to < all.length ? { continue: String(to) } : {};
    return { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: this.version, ...more }, items };
  }

  #watch(ask: Ask, response: ServerResponse): void {
    const from = ask.query.get('resourceVersion') ?? '';
    if (from !== '' && Number(from) < this.#oldest) {
      answerStatus(response, 410, 'Expired');
      return;
    }
    if (Number(from) > this.#version) {
      answerStatus(response, 504, 'Timeout');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const watch = { ask, response };
    this.#watches.add(watch);
    response.once('close', () => this.#watches.delete(watch));
    if (from === '') {
      for (const object of this.list(ask.plural)) this.#write(watch, { type: 'ADDED', object });
      return;
    }
    for (const { version, plural, line } of this.#changes) {
      if (plural === ask.plural && version > Number(from)) this.#write(watch, line);
    }
  }

  #tell(change: Change): void {
    this.#changes.push(change);
    for (const watch of this.#watches) if (watch.ask.plural === change.plural) this.#write(watch, change.line);
  }

  #write({ ask, response }: { readonly ask: Ask; readonly response: ServerResponse }, line: WatchLine): void {
    if (!isSelected(ask, line.object as KubeJson)) return;
    for (const each of this.mangle(line)) response.write(typeof each === 'string' ? each : `${JSON.stringify(each)}\n`);
  }
}

/** Answers with a Status, as the API server does. */
export function answerStatus(response: ServerResponse, status: number, reason: string, retryAfterS?: number): void {
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: reason, reason, code: status };
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function answerJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

function isSelected({ namespace, query }: Ask, { metadata }: KubeJson): boolean {
  if (namespace !== '' && metadata.namespace !== namespace) return false;
  const field = query.get('fieldSelector');
  if (field !== null && field !== `metadata.name=${metadata.name}`) return false;
  const label = query.get('labelSelector');
  if (label === null) return true;
  const [name = '', value] = label.split('=');
  const found = metadata.labels?.[name];
  return value === undefined ? found !== undefined : found === value;
}

function keyOf({ metadata }: KubeJson): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function kindOf(plural: string): readonly [kind: string, apiVersion: string] {
  const found = KINDS[plural];
  if (found === undefined) throw new Error(`no such resource: ${plural}`);
  return found;
}

function pluralOf({ kind }: KubeJson): string {
  const found = Object.entries(KINDS).find(([, [name]]) => name === kind);
  if (found === undefined) throw new Error(`no such kind: ${kind}`);
  return found[0];
}
