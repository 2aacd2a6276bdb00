/**
 * Duty: requests to an API server as somebody, and what they are allowed to do there.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { ApiServer } from '@gatehouse/testing';

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

export interface ApiCaller {
  ask(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** SelfSubjectAccessReview: whether RBAC lets this caller do it. */
  may(attributes: ResourceAttributes): Promise<boolean>;
  close(): void;
}

interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** One kind of thing that an API server has, by its discovery. */
export interface ApiResource {
  readonly group: string;
  /** `pods/exec` for a subresource. */
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** Requests with the token of a ServiceAccount, got by TokenRequest. */
export async function callAs(server: ApiServer, namespace: string, serviceAccount: string): Promise<ApiCaller> {
  const token = await server.tokenFor(namespace, serviceAccount);
  const agent = new Agent({ ca: readFileSync(server.caFile), keepAlive: true, maxSockets: 8 });
  const ask = (method: string, path: string, body?: unknown): Promise<ApiAnswer> =>
    new Promise((resolve, reject) => {
      const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = { authorization: `Bearer ${token}`, 'content-type': contentType };
      const asking = request(`${server.url}${path}`, { method, agent, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.once('error', reject);
      });
      asking.once('error', reject);
      asking.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const may = async (resourceAttributes: ResourceAttributes): Promise<boolean> => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const { status, text } = await ask('POST', path, { spec: { resourceAttributes } });
    if (status !== 201) throw new Error(`SelfSubjectAccessReview: ${status} ${text}`);
    return (JSON.parse(text) as { readonly status: { readonly allowed: boolean } }).status.allowed;
  };
  return { ask, may, close: () => agent.destroy() };
}

interface ResourceList {
  readonly groupVersion: string;
  readonly resources: readonly Omit<ApiResource, 'group'>[];
}

/** Every resource and subresource that the server has. */
export async function discoverResources(server: ApiServer): Promise<readonly ApiResource[]> {
  const groups = (await server.request('GET', '/apis')) as {
    readonly groups: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[];
  };
  const paths = groups.groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `/apis/${groupVersion}`));
  const lists = await Promise.all(['/api/v1', ...paths].map((path) => server.request('GET', path)));
  return (lists as readonly ResourceList[]).flatMap(({ groupVersion, resources }) =>
    resources.map((resource) => ({
      ...resource,
      group: groupVersion.includes('/') ? groupVersion.replace(/\/.*/, '') : '',
    })),
  );
}
