/**
 * Duty: the paths of objects at an API server.
 */

/** Where a kind of object is: `apis/networking.k8s.io/v1` and `ingresses`. */
export interface ApiResource {
  /** `api/v1` for the core group, `apis/GROUP/VERSION` for the others. */
  readonly root: string;
  readonly plural: string;
}

export interface ApiPlace {
  /** Left out: objects outside namespaces. */
  readonly namespace?: string;
  /** Left out: all of them. */
  readonly name?: string;
  readonly subresource?: 'status';
}

/** The path of one object, or of all in a namespace. Names are encoded, whatever they hold. */
export function apiPath({ root, plural }: ApiResource, { namespace, name, subresource }: ApiPlace = {}): string {
  const within = namespace === undefined ? [] : ['namespaces', encodeURIComponent(namespace)];
  const one = name === undefined ? [] : [encodeURIComponent(name)];
  const part = subresource === undefined ? [] : [subresource];
  return `/${[root, ...within, plural, ...one, ...part].join('/')}`;
}
