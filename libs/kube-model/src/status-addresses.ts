/**
 * Duty: the addresses that a status names: reading and comparing them. Must not know where they come from.
 */
import { compareText } from '@gatehouse/core';
import type { Field } from './field.ts';
import type { StatusAddress } from './objects.ts';

/** Those of `status.loadBalancer.ingress`. The status is the work of a program: what cannot be read is left empty. */
export function parseStatusAddresses(document: Field): readonly StatusAddress[] {
  const entries = document.get('status').get('loadBalancer').get('ingress').unreported.items();
  return entries.map((entry) => {
    const [ip, hostname] = [entry.get('ip').text(), entry.get('hostname').text()];
    return { ...(ip === '' ? {} : { ip }), ...(hostname === '' ? {} : { hostname }) };
  });
}

/** In one order, each once; two lists that name the same are then the same. */
export function sortStatusAddresses(addresses: readonly StatusAddress[]): readonly StatusAddress[] {
  const byText = new Map(addresses.map((address) => [textOf([address]), address]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, address]) => address);
}

/** Whether two lists name the same addresses. Order and repetition do not count. */
export function isSameAddresses(a: readonly StatusAddress[], b: readonly StatusAddress[]): boolean {
  return isSameList(a, b) || textOf(sortStatusAddresses(a)) === textOf(sortStatusAddresses(b));
}

/** Asked of every Ingress time and again, of which hardly any differs. */
function isSameList(a: readonly StatusAddress[], b: readonly StatusAddress[]): boolean {
  return a.length === b.length && a.every(({ ip, hostname }, at) => ip === b[at]?.ip && hostname === b[at]?.hostname);
}

function textOf(addresses: readonly StatusAddress[]): string {
  return JSON.stringify(addresses.map(({ ip = '', hostname = '' }) => [ip, hostname]));
}
