/**
 * Duty: Ingresses by some text, such as a host; an Ingress may stand under many. Must not know what the text means.
 */
import type { Ingress } from '@gatehouse/kube-model';

const none: ReadonlySet<Ingress> = new Set();

export class GroupedIngresses {
  readonly #groups = new Map<string, Set<Ingress>>();

  get(name: string): ReadonlySet<Ingress> {
    return this.#groups.get(name) ?? none;
  }

  add(name: string, ingress: Ingress): void {
    const group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, new Set([ingress]));
    else group.add(ingress);
  }

  remove(name: string, ingress: Ingress): void {
    const group = this.#groups.get(name);
    group?.delete(ingress);
    if (group?.size === 0) this.#groups.delete(name);
  }
}
