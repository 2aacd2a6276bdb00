import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import { readManifests } from './read-manifests.ts';

const examples = join(import.meta.dirname, '../../../examples');
const cafeKey = objectKey('default', 'cafe-ingress');

describe('the cafe example', () => {
  it.each(['cafe', 'cafe-legacy'])('is complete in examples/%s', async (name) => {
    const { snapshot, fileProblems } = await readManifests({ paths: [join(examples, name)] });
    expect(fileProblems).toEqual([]);
    expect(snapshot.problems.map(({ code }) => code)).toEqual(name === 'cafe' ? [] : ['RetiredApiVersion']);
    expect([...snapshot.ingresses.keys()]).toEqual(['default/cafe-ingress']);
    expect([...snapshot.ingressClasses.keys()]).toEqual(['/nginx']);
    expect([...snapshot.services.keys()]).toEqual(['default/coffee-svc', 'default/tea-svc']);
    expect([...snapshot.secrets.keys()]).toEqual(['default/cafe-secret']);
    for (const service of snapshot.services.values()) {
      expect(service.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }]);
    }
  });

  it('says the same in its old form as in its new one', async () => {
    const read = async (name: string): Promise<Ingress> => {
      const { snapshot } = await readManifests({ paths: [join(examples, name)] });
      return snapshot.ingresses.get(cafeKey)!;
    };
    const [now, legacy] = [await read('cafe'), await read('cafe-legacy')];
    expect(now.className).toBe('nginx');
    expect(legacy.annotations).toEqual(new Map([['kubernetes.io/ingress.class', 'nginx']]));
    // The old form named the class in an annotation and knew no path types.
    const rules = legacy.rules.map(({ host, paths }) => ({
      host,
      paths: paths.map((path) => ({ ...path, pathType: 'Prefix' })),
    }));
    const asNow = { ...legacy, apiVersion: now.apiVersion, annotations: new Map(), className: 'nginx', rules };
    expect(asNow).toEqual(now);
  });

  it('has a certificate for its host that lasts ten years and more', async () => {
    const { snapshot } = await readManifests({ paths: [join(examples, 'cafe')] });
    const secret = snapshot.secrets.get(objectKey('default', 'cafe-secret'));
    const certificate = new X509Certificate(secret!.data.get('tls.crt')!);
    expect(certificate.checkHost('cafe.example.com')).toBe('cafe.example.com');
    expect(certificate.checkPrivateKey(createPrivateKey(Buffer.from(secret!.data.get('tls.key')!)))).toBe(true);
    expect(certificate.validToDate.getUTCFullYear()).toBeGreaterThanOrEqual(2040);
  });
});

describe('readManifests', () => {
  it('takes standard input first, and leaves out what is broken', async () => {
    const root = mkdtempSync(join(tmpdir(), 'manifests-'));
    const config = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
    writeFileSync(join(root, 'a.yaml'), config('a'));
    writeFileSync(join(root, 'b.yaml'), `${config('b')}  x: [`);
    const { snapshot, manifests, fileProblems } = await readManifests({
      paths: [root, '-', join(root, 'none')],
      stdin: Readable.from([config('a'), '---\n', config('c')]),
    });
    expect([...snapshot.configMaps.keys()]).toEqual(['default/a', 'default/c']);
    expect(snapshot.problems).toMatchObject([{ code: 'DuplicateObject' }]);
    expect(manifests.whereIs({ kind: 'ConfigMap', namespace: 'default', name: 'c' }, 'kind')).toEqual({
      file: '<stdin>',
      line: 6,
      column: 7,
    });
    expect(fileProblems.map(({ file }) => file)).toEqual(
      expect.arrayContaining([join(root, 'none'), join(root, 'b.yaml')]),
    );
    rmSync(root, { recursive: true });
  });
});

describe('standard input', () => {
  it('is a fault of the program when it is asked for and not given', async () => {
    await expect(readManifests({ paths: ['-'] })).rejects.toThrow('standard input');
  });
});

describe('a directory without a manifest', () => {
  it('is named, and no other path is', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'empty-'));
    try {
      writeFileSync(join(directory, 'shop.yml.txt'), 'kind: Ingress');
      const paths = [directory, join(examples, 'cafe'), `${join(examples, 'cafe')}/`];
      expect((await readManifests({ paths })).emptyDirectories).toEqual([directory]);
      writeFileSync(join(directory, 'a.json'), '');
      expect((await readManifests({ paths })).emptyDirectories).toEqual([]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
