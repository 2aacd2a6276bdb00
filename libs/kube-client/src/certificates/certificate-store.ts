/**
 * Duty: where the replicas of a webhook keep what they share, and where API servers are told whom to trust: one Secret
 * and one ValidatingWebhookConfiguration, both known by name and made by somebody else.
 */
import type { Clock, Logger } from '@gatehouse/pipeline';
import type { AskPorts } from '../ask.ts';
import type { FollowPorts } from '../follow/follow-ports.ts';
import { followObject } from '../follow/follow-object.ts';
import { watchedKinds } from '../follow/watched-kind.ts';
import type { KubeApi } from '../kube-api.ts';
import { readSecret, writeSecret, type SecretForm, type SecretPlace } from './certificate-secret.ts';
import {
  readWebhookConfiguration,
  webhookConfigurationKind,
  writeBundle,
  type WebhookConfigurationForm,
} from './webhook-configuration.ts';

export interface CertificateStoreOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number from 0 (inclusive) to 1, another one each time. */
  readonly jitter: () => number;
  readonly secret: SecretPlace;
  /** Its name. */
  readonly configuration: string;
}

/** All but `follow` and `close` reject with a KubeApiError. Reading answers undefined when there is no such object. */
export interface CertificateStore {
  readSecret(): Promise<SecretForm | undefined>;
  writeSecret(over: SecretForm, texts: ReadonlyMap<string, string>): Promise<SecretForm>;
  readConfiguration(): Promise<WebhookConfigurationForm | undefined>;
  writeBundle(over: WebhookConfigurationForm, bundlePem: string): Promise<void>;
  /** Tells from now on when one of the two may have changed. */
  follow(onNews: () => void): void;
  /** Ends following, and the connection. */
  close(): Promise<void>;
}

/** Bookmarks come every minute. */
const SILENCE_MS = 90_000;

export function openCertificateStore(options: CertificateStoreOptions): CertificateStore {
  const { api, clock, logger, jitter, secret, configuration } = options;
  const ports: AskPorts & FollowPorts = { api, clock, logger, jitter, silenceMs: SILENCE_MS };
  const followers: ReturnType<typeof followObject>[] = [];
  return {
    readSecret: () => readSecret(ports, secret),
    writeSecret: (over, texts) => writeSecret(ports, over, texts),
    readConfiguration: () => readWebhookConfiguration(ports, configuration),
    writeBundle: (over, bundlePem) => writeBundle(ports, over, bundlePem),
    follow(onNews) {
      followers.push(
        followObject({ ports, kind: webhookConfigurationKind, place: { name: configuration }, onNews }),
        followObject({ ports, kind: watchedKinds.Secret, place: secret, onNews }),
      );
      for (const follower of followers) follower.start();
    },
    async close() {
      await Promise.all(followers.map((follower) => follower.stop()));
      await api.close();
    },
  };
}
