/**
 * Duty: a Secret and a ValidatingWebhookConfiguration in memory, with the versions and refusals of an API server, for any
 * number of replicas.
 */
import {
  KubeApiError,
  type CertificateStore,
  type SecretForm,
  type WebhookConfigurationForm,
} from '@gatehouse/kube-client';

type Step = Exclude<keyof CertificateStore, 'close' | 'follow'>;

export class FakeCertificateStore implements CertificateStore {
  #version = 1;
  #secret: SecretForm | undefined = { texts: new Map(), json: '1' };
  #configuration: WebhookConfigurationForm | undefined;
  readonly #news = new Set<() => void>();
  /** Called before each step; it may wait, and what it throws is the answer. */
  before: (step: Step) => Promise<void> | void = () => undefined;
  /** Whether the answer to a step that was done gets lost. */
  isLost: (step: Step) => boolean = () => false;
  /** How often each step was done. */
  readonly done: Record<Step, number> = { readSecret: 0, writeSecret: 0, readConfiguration: 0, writeBundle: 0 };

  /** Puts another form of the Secret in place, or takes it away. */
  putSecret(texts: Readonly<Record<string, string>> | undefined): void {
    this.#secret = texts && { texts: new Map(Object.entries(texts)), json: this.#next() };
    this.#tell();
  }

  /** Puts another form of the configuration in place, with these webhooks and no bundle, or takes it away. */
  putConfiguration(webhooks: readonly string[] | undefined): void {
    this.#configuration = webhooks && {
      name: 'gate',
      resourceVersion: this.#next(),
      webhooks: webhooks.map((name) => ({ name, bundlePem: '' })),
    };
    this.#tell();
  }

  secretTexts(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#secret?.texts ?? []);
  }

  /** By webhook. */
  bundles(): readonly string[] {
    return this.#configuration?.webhooks.map(({ bundlePem }) => bundlePem) ?? [];
  }

  async readSecret(): Promise<SecretForm | undefined> {
    await this.before('readSecret');
    this.done.readSecret += 1;
    return this.#secret;
  }

  async writeSecret(over: SecretForm, texts: ReadonlyMap<string, string>): Promise<SecretForm> {
    await this.before('writeSecret');
    this.done.writeSecret += 1;
    if (this.#secret === undefined) throw new KubeApiError('gone', { status: 404 });
    if (this.#secret.json !== over.json) throw new KubeApiError('another version', { status: 409 });
    this.#secret = { texts: new Map([...this.#secret.texts, ...texts]), json: this.#next() };
    this.#tell();
    this.#answer('writeSecret');
    return this.#secret;
  }

  async readConfiguration(): Promise<WebhookConfigurationForm | undefined> {
    await this.before('readConfiguration');
    this.done.readConfiguration += 1;
    return this.#configuration;
  }

  async writeBundle(over: WebhookConfigurationForm, bundlePem: string): Promise<void> {
    await this.before('writeBundle');
    this.done.writeBundle += 1;
    if (this.#configuration === undefined) throw new KubeApiError('gone', { status: 404 });
    if (this.#configuration.resourceVersion !== over.resourceVersion)
      throw new KubeApiError('another version', { status: 409 });
    const webhooks = this.#configuration.webhooks.map(({ name }) => ({ name, bundlePem }));
    this.#configuration = { ...this.#configuration, resourceVersion: this.#next(), webhooks };
    this.#tell();
    this.#answer('writeBundle');
  }

  follow(onNews: () => void): void {
    this.#news.add(onNews);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer(step: Step): void {
    if (this.isLost(step)) throw new KubeApiError('the answer was lost', { status: 0 });
  }

  #next(): string {
    this.#version += 1;
    return String(this.#version);
  }

  #tell(): void {
    for (const onNews of this.#news) onNews();
  }
}
