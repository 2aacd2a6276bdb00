import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { objectKey } from '@gatehouse/core';
import type { Certificate, HostModel, Model } from '@gatehouse/routing';
import { aHost, aModel, aModelCertificate, argsOf, lexed, nginx122, someRenderOptions } from '@gatehouse/testing';
import type { NginxDirective } from '../lexer/lex-nginx.ts';
import { createRenderer } from '../render/renderer.ts';

const options = someRenderOptions({ workersReadKeys: true });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const render = (model: Model) => createRenderer(options).render(model);

function certificate(secret: string, version = 1): Certificate {
  return { ...aModelCertificate('', sha256(`${secret} ${version}`)), secret: objectKey('default', secret) };
}

const secrets = fc.constantFrom('s1', 's2', 's3', undefined);
const names = fc.constantFrom('a.x', 'b.x', 'a.b.x', 'c.y', 'x', '*.x', '*.b.x', '*.y', '');

interface Shape {
  readonly hosts: readonly (readonly [name: string, secret: string | undefined])[];
  readonly flag: string | undefined;
}
const shapes: fc.Arbitrary<Shape> = fc.record({
  hosts: fc.uniqueArray(fc.tuple(names, secrets), { selector: ([name]) => name, maxLength: 9 }),
  flag: secrets,
});

function modelOf({ hosts, flag }: Shape, version = 1): Model {
  const made = hosts.map(([name, secret]): HostModel => {
    return aHost({ name, ...(secret === undefined ? {} : { certificate: certificate(secret, version) }) });
  });
  return aModel(made, flag === undefined ? {} : { defaultCertificate: certificate(flag, version) });
}

/** The certificate that a name has to get: that of the server which nginx chooses, or the default one. */
function expected({ hosts, flag }: Shape, name: string): string | undefined {
  const known = new Map(hosts);
  const wildcard = /^[a-z0-9_-]+(\..+)$/.exec(name)?.[1];
  for (const host of [name, `*${wildcard ?? ''}`]) if (host !== '*' && known.has(host)) return known.get(host) ?? flag;
  return known.get('') ?? flag;
}

/** What nginx makes of a map: the value for `text`. Knows plain keys, one expression, and the default. */
function lookUp(map: NginxDirective | undefined, text: string): string {
  const entries = map?.block ?? [];
  const plain = entries.find(({ name }) => name === text.toLowerCase());
  if (plain !== undefined) return plain.args[0] ?? '';
  for (const { name, args } of entries) {
    if (!name.startsWith('~*')) continue;
    const found = new RegExp(name.slice(2), 'i').exec(text);
    if (found !== null) return (args[0] ?? '').replace('$gatehouse_parent', found.groups?.['gatehouse_parent'] ?? '');
  }
  return entries.find(({ name }) => name === 'default')?.args[0] ?? '';
}

function linkFor(text: string, name: string): string {
  const http = lexed(text).find((directive) => directive.name === 'http')?.block ?? [];
  const map = (variable: string) => http.find((one) => one.name === 'map' && one.args[1] === variable);
  const bare = name.replace(/\.$/, '');
  const link = lookUp(map('$gatehouse_certificate_link'), bare);
  if (link !== '$gatehouse_wildcard_link') return link;
  return lookUp(map('$gatehouse_wildcard_link'), lookUp(map('$gatehouse_wildcard_name'), name));
}

describe('certificates that are read at each handshake', () => {
  const asked = fc.oneof(
    names,
    fc.constantFrom('', 'A.x', 'z.x', 'z.b.x', 'q.z.x', 'z.y', 'z.y.', '#.y', '.x', 'b.x.'),
  );

  it('are those of the server that answers the name', () => {
    fc.assert(
      fc.property(shapes, asked, (shape, name) => {
        fc.pre(!name.startsWith('*'));
        const { files, certificateLinks } = render(modelOf(shape));
        const link = linkFor(files.get('nginx.conf') ?? '', name);
        const secret = expected(shape, name.toLowerCase().replace(/\.$/, ''));
        expect(certificateLinks.has(link)).toBe(true);
        expect(certificateLinks.get(link)?.id).toBe(secret && certificate(secret).id);
      }),
    );
  });

  it('change no byte of the configuration when they are renewed, but what the links lead to', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const [before, after] = [render(modelOf(shape, 1)), render(modelOf(shape, 2))];
        expect(after.files).toEqual(before.files);
        expect(after.digest).toBe(before.digest);
        expect([...after.certificateLinks.keys()]).toEqual([...before.certificateLinks.keys()]);
        const hasOwn = [...after.certificateLinks.values()].some((one) => one !== undefined);
        expect(after.linksDigest === before.linksDigest).toBe(!hasOwn);
      }),
    );
  });

  it('change it when a host is bound to another Secret', () => {
    const bound = (secret: string) => render(modelOf({ hosts: [['a.x', secret]], flag: undefined })).digest;
    expect(bound('s1')).not.toBe(bound('s2'));
  });

  it('name no Secret', () => {
    const { files } = render(modelOf({ hosts: [['a.x', 'secret-of-a-tenant']], flag: 'secret-of-all' }));
    expect(files.get('nginx.conf')).not.toContain('secret-of');
  });

  it('are files of all that links lead to, each once', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { certificates, certificateLinks } = render(modelOf(shape));
        const ids = [...certificateLinks.values()].flatMap((one) => (one === undefined ? [] : [`${one.id}.pem`]));
        expect([...certificates.keys()].sort()).toEqual([...new Set(ids)].sort());
      }),
    );
  });

  it.each([
    ['an older nginx', someRenderOptions({ workersReadKeys: true, capabilities: nginx122 })],
    ['workers that may not', someRenderOptions()],
    ['an nginx without TLS', someRenderOptions({ workersReadKeys: true, https: [] })],
  ])('are none for %s', (_, other) => {
    const bundle = createRenderer(other).render(modelOf({ hosts: [['a.x', 's1']], flag: 's2' }));
    expect(bundle.certificateLinks.size).toBe(0);
    const http = lexed(bundle.files.get('nginx.conf') ?? '').find(({ name }) => name === 'http');
    expect(argsOf(http?.block, 'root')).toEqual([]);
  });
});
