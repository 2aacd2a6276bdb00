import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import { readManifests } from '@gatehouse/manifests';
import { DEFAULT_BACKEND, renderLocalObjects, SETTINGS, SYSTEM_NAMESPACE } from './local-objects.ts';

describe('the objects that a cluster would have of itself', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'local-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const read = (text: string): ReturnType<typeof readManifests> => {
    writeFileSync(join(directory, 'local.yaml'), text);
    return readManifests({ paths: [directory] });
  };

  it('are read as manifests without any Problem', async () => {
    const endpoint = { namespace: 'default', service: 'tea-svc', portName: 'http', port: 4711 };
    const { snapshot, fileProblems } = await read(renderLocalObjects([endpoint]));
    expect([fileProblems, snapshot.problems]).toEqual([[], []]);
    expect(snapshot.services.get(objectKey(SYSTEM_NAMESPACE, DEFAULT_BACKEND))?.ports).toMatchObject([{ port: 80 }]);
    expect(snapshot.configMaps.get(objectKey(SYSTEM_NAMESPACE, SETTINGS))?.data.get('use-port-in-redirects')).toBe(
      'true',
    );
    expect(snapshot.endpointSlices.get(objectKey('default', 'tea-svc'))).toMatchObject([
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['127.0.0.1'], ready: true }],
        ports: [{ name: 'http', port: 4711 }],
      },
    ]);
  });

  it('are no endpoints when there are none', async () => {
    const { snapshot } = await read(renderLocalObjects([]));
    expect(snapshot.endpointSlices.size).toBe(0);
  });
});
