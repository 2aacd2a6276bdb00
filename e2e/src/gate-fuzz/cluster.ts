/**
 * Duty: objects that are stored, however they are, and what a controller makes of them; and what a change of one of them
 * did to the others.
 */
import { describeObject, objectKey, type ObjectRef } from '@gatehouse/core';
import { ObjectStore, parseObject, type Ingress } from '@gatehouse/kube-model';
import { createRenderer, type Bundle, type RenderOptions } from '@gatehouse/nginx';
import { createResolver, reachOf, type Resolution, type Route, type RoutingOptions } from '@gatehouse/routing';

export interface Served {
  readonly resolution: Resolution;
  readonly bundle: Bundle;
}

export class Cluster {
  readonly store = new ObjectStore();
  readonly #serve: (nowMs: number) => Served;
  #served: Served | undefined;

  constructor(routing: RoutingOptions, rendering: RenderOptions) {
    const resolver = createResolver(routing);
    const renderer = createRenderer(rendering);
    this.#serve = (nowMs) => {
      const resolution = resolver.resolve(this.store.snapshot(), nowMs);
      return { resolution, bundle: renderer.render(resolution.model) };
    };
  }

  /** As a source does it: what cannot be read leaves the form before it as it was. */
  put(json: unknown): void {
    const reading = parseObject(json);
    if (reading.kind !== 'ours') return;
    for (const object of reading.objects) this.store.upsert(object);
    const { kind, namespace, name } = reading.ref;
    if (kind === 'Ingress') this.store.setProblems({ kind, key: objectKey(namespace, name) }, reading.problems);
    this.#served = undefined;
  }

  remove({ namespace, name }: ObjectRef): void {
    const key = objectKey(namespace, name);
    this.store.remove('Ingress', key);
    this.store.setProblems({ kind: 'Ingress', key }, []);
    this.#served = undefined;
  }

  ingress({ namespace, name }: ObjectRef): Ingress | undefined {
    return this.store.snapshot().ingresses.get(objectKey(namespace, name));
  }

  serve(nowMs: number): Served {
    this.#served ??= this.#serve(nowMs);
    return this.#served;
  }
}

export function readIngress(json: unknown): { readonly ref: ObjectRef; readonly ingress?: Ingress } | undefined {
  const reading = parseObject(json);
  if (reading.kind !== 'ours' || reading.ref.kind !== 'Ingress') return undefined;
  const ingress = reading.objects.find((object) => object.kind === 'Ingress');
  return { ref: reading.ref, ...(ingress && { ingress }) };
}

export interface Stored {
  readonly ref: ObjectRef;
  /** The Ingress as it was, and as it is to be, as far as either can be read. */
  readonly old: Ingress | undefined;
  readonly now: Ingress | undefined;
  readonly before: Served;
  readonly after: Served;
}

/**
 * What others lost when an Ingress was stored, in words. Hosts that none of its forms names have to stay as they are, to
 * the byte; of hosts that it shares, the others' routes. A conflict that the others are told of is the declared rule, and
 * with ingress-nginx one path can change what all others of its host mean.
 */
export function losses({ ref, old, now, before, after }: Stored, options: RoutingOptions): readonly string[] {
  const forms = [old, now].filter((form) => form !== undefined);
  const reached = new Set(forms.flatMap((form) => [...reachOf(form, options).hosts]));
  const texts = new Set(blocksOf(after.bundle));
  const isReached = (block: string): boolean => reached.has(nameOf(block));
  const changed = blocksOf(before.bundle).filter((block) => isServer(block) && !isReached(block) && !texts.has(block));
  return [
    ...changed.map((block) => `the server block of "${nameOf(block)}" changed: ${differenceTo(block, after.bundle)}`),
    ...(options.compatibility === 'ingress-nginx' ? [] : [...reached]).flatMap((host) =>
      lostRoutes(host, ref, { before, after }),
    ),
  ];
}

function lostRoutes(host: string, ref: ObjectRef, { before, after }: Pick<Stored, 'after' | 'before'>): string[] {
  const left = new Set(routesOf(after, host).map(describeRoute));
  const told = after.resolution.problems.filter(({ related }) => related !== undefined && isSameObject(related, ref));
  const lost = routesOf(before, host).filter(
    (route) =>
      !isSameObject(route.origin.object, ref) &&
      !left.has(describeRoute(route)) &&
      !told.some(({ object }) => isSameObject(object, route.origin.object)),
  );
  return lost.map((route) => `${describeObject(route.origin.object)} lost ${route.match} ${route.path} of "${host}"`);
}

function routesOf({ resolution }: Served, host: string): readonly Route[] {
  return resolution.model.hosts.find(({ name }) => name === host)?.routes ?? [];
}

function describeRoute({ origin, match, path, target, policy }: Route): string {
  return JSON.stringify([origin.object, match, path, target, policy]);
}

export function isSameObject(a: ObjectRef, b: ObjectRef): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

function blocksOf({ files }: Bundle): readonly string[] {
  const text = files.get('nginx.conf') ?? '';
  const withoutProof = text.replace(/^ {4}# Answers with the digest[^]*/m, '');
  return withoutProof.match(/^ {4}(?:server|upstream) [^]*?^ {4}\}$/gm) ?? [];
}

/** The lines that are no longer there, and those that came. */
function differenceTo(block: string, after: Bundle): string {
  const now =
    blocksOf(after)
      .find((other) => isServer(other) && nameOf(other) === nameOf(block))
      ?.split('\n') ?? [];
  const before = block.split('\n');
  const gone = before.filter((line) => !now.includes(line)).map((line) => `- ${line.trim()}`);
  const come = now.filter((line) => !before.includes(line)).map((line) => `+ ${line.trim()}`);
  return [...gone, ...come].join(' ');
}

function isServer(block: string): boolean {
  return block.startsWith('    server ');
}

/** Of a server block; empty for the catch-all. A wildcard stands there as an expression for exactly one label. */
function nameOf(block: string): string {
  const name = /^ +server_name "?([^"; ]*)/m.exec(block)?.[1] ?? '';
  if (name.startsWith('~'))
    return name
      .replaceAll('\\', '')
      .replace(/^~\^\[.*\]\+/, '*')
      .replace(/\$$/, '');
  return name === '_' ? '' : name;
}
