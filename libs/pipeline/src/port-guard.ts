/**
 * Duty: leaving out a TCP or UDP port of a ConfigMap that the machine does not give us, so that everything else goes on.
 * It stays left out until its ConfigMap changes. Must not know how nginx is run.
 */
import { objectKey, type ObjectKey, type Problem } from '@gatehouse/core';
import type { ConfigMap, Snapshot } from '@gatehouse/kube-model';
import type { Stream } from '@gatehouse/routing';
import type { RoundPorts } from './round.ts';

export interface PortGuard {
  readonly resolve: RoundPorts['resolve'];
  /** Whether a fault was about such a port, which is left out from now on. */
  noteFault(error: unknown): boolean;
}

interface ClosedPort {
  readonly stream: Stream;
  /** The form that asked for the port; another one gets another chance. */
  readonly configMap: ConfigMap;
  readonly reason: string;
}

/** nginx' words: `bind() to 0.0.0.0:9000 failed (98: Address already in use)`. */
const BIND = /bind\(\) to \S+:(\d+) failed \(\d+: ([^)]*)\)/;

export function createPortGuard(resolve: RoundPorts['resolve']): PortGuard {
  let closed: readonly ClosedPort[] = [];
  let last: { readonly snapshot: Snapshot; readonly streams: readonly Stream[] } | undefined;
  return {
    resolve(snapshot, nowMs) {
      closed = closed.filter(({ stream, configMap }) => snapshot.configMaps.get(keyOf(stream)) === configMap);
      const resolution = resolve(withoutPorts(snapshot, closed), nowMs);
      last = { snapshot, streams: resolution.model.streams };
      if (closed.length === 0) return resolution;
      return { ...resolution, problems: [...resolution.problems, ...closed.map(problemOf)] };
    },
    noteFault(error) {
      const [, port = '', reason = ''] = BIND.exec(error instanceof Error ? error.message : '') ?? [];
      if (port === '') return false;
      const stream = last?.streams.find((one) => one.port === Number(port));
      const configMap = stream && last?.snapshot.configMaps.get(keyOf(stream));
      if (stream === undefined || configMap === undefined) return false;
      closed = [...closed, { stream, configMap, reason }];
      return true;
    },
  };
}

function keyOf({ origin: { object } }: Stream): ObjectKey {
  return objectKey(object.namespace, object.name);
}

function withoutPorts(snapshot: Snapshot, closed: readonly ClosedPort[]): Snapshot {
  if (closed.length === 0) return snapshot;
  const configMaps = new Map(snapshot.configMaps);
  for (const { stream } of closed) {
    const key = keyOf(stream);
    const configMap = configMaps.get(key);
    if (configMap === undefined) continue;
    const data = [...configMap.data].filter(([entry]) => `data[${entry}]` !== stream.origin.field);
    configMaps.set(key, { ...configMap, data: new Map(data) });
  }
  return { ...snapshot, configMaps };
}

function problemOf({ stream, reason }: ClosedPort): Problem {
  const { object, field } = stream.origin;
  const message = `nginx cannot listen on port ${stream.port}: ${reason.toLowerCase()}; change the ConfigMap to try again`;
  return { code: 'StreamPortTaken', object, field, message };
}
