/**
 * Duty: which authorities a ValidatingWebhookConfiguration tells API servers to trust (`caBundle` of each of its
 * webhooks), and writing other ones there. Touches no other field.
 */
import { apiPath } from '../api-path.ts';
import { ask, askOnce, type AskPorts } from '../ask.ts';
import { itemsAt, textAt } from '../json.ts';
import { KubeApiError } from '../kube-api.ts';
import type { ServedKind } from '../follow/watched-kind.ts';

/** One form of it. */
export interface WebhookConfigurationForm {
  readonly name: string;
  readonly resourceVersion: string;
  readonly webhooks: readonly {
    readonly name: string;
    /** PEM; empty when there is none. */
    readonly bundlePem: string;
  }[];
}

export const webhookConfigurationKind: ServedKind = {
  kind: 'ValidatingWebhookConfiguration',
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource: { root: 'apis/admissionregistration.k8s.io/v1', plural: 'validatingwebhookconfigurations' },
};
/** Webhooks are told apart by their names, and what is not named stays. */
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';

/** Undefined when there is none. Throws a KubeApiError. */
export async function readWebhookConfiguration(
  ports: AskPorts,
  name: string,
): Promise<WebhookConfigurationForm | undefined> {
  try {
    return formOf(await ask(ports, { path: pathOf(name) }), name);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Makes `bundlePem` the one of every webhook in the form that was read, and in no other. Throws a KubeApiError, with
 * status 409 when somebody was faster.
 */
export async function writeBundle(ports: AskPorts, form: WebhookConfigurationForm, bundlePem: string): Promise<void> {
  const caBundle = Buffer.from(bundlePem).toString('base64');
  const others = form.webhooks.filter((webhook) => webhook.bundlePem !== bundlePem);
  await askOnce(ports, {
    method: 'PATCH',
    path: pathOf(form.name),
    contentType: STRATEGIC_MERGE_PATCH,
    body: {
      metadata: { resourceVersion: form.resourceVersion },
      webhooks: others.map(({ name }) => ({ name, clientConfig: { caBundle } })),
    },
  });
}

function formOf(json: unknown, name: string): WebhookConfigurationForm {
  const isIt = textAt(json, 'kind') === webhookConfigurationKind.kind && textAt(json, 'metadata', 'name') === name;
  const resourceVersion = textAt(json, 'metadata', 'resourceVersion');
  if (!isIt || resourceVersion === '')
    throw new KubeApiError(`the answer is no ${webhookConfigurationKind.kind} ${name}`, {
      status: 0,
      reason: 'NoSuch',
    });
  const webhooks = itemsAt(json, 'webhooks').map((webhook) => ({
    name: textAt(webhook, 'name'),
    bundlePem: Buffer.from(textAt(webhook, 'clientConfig', 'caBundle'), 'base64').toString('utf8'),
  }));
  return { name, resourceVersion, webhooks };
}

function pathOf(name: string): string {
  return apiPath(webhookConfigurationKind.resource, { name });
}
