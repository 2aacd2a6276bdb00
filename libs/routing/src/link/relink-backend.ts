/**
 * Duty: one backend again, from newer slices: where nothing but endpoints has changed, nothing else has to be resolved.
 */
import type { Backend } from '../model.ts';
import type { World } from './world.ts';

/** Undefined when its Service or port is not there, or leads to a name: that is for a resolve to see. */
export function relinkBackend({ id, service: key }: Backend, world: World): Backend | undefined {
  const service = world.snapshot.services.get(key);
  const [, number, isUdp] = /:([0-9]+)(\/UDP)?$/.exec(id) ?? [];
  if (service === undefined || number === undefined || service.type === 'ExternalName') return undefined;
  const transport = isUdp === undefined ? 'TCP' : 'UDP';
  const link = world.servicePort(service, { kind: 'number', number: Number(number) }, transport);
  return link.kind === 'linked' && link.backend.id === id ? link.backend : undefined;
}
