import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTemplate, type ParsedTag } from '../template/strict-template.ts';
import { certificateEntryTemplate, certificatesTemplate } from './certificates.ts';
import { errorsPartials, errorsTemplate } from './errors.ts';
import { httpPartials, httpTemplate } from './http.ts';
import { endpointZoneTemplate, noEndpointsTemplate, warmUpTemplate } from './endpoint-dns.ts';
import { proofTemplate } from './proof.ts';
import { statusTemplate } from './status.ts';
import { serverPartials, serverTemplate } from './server.ts';
import { streamHeadTemplate, streamTemplate } from './stream.ts';
import { upstreamTemplate } from './upstream.ts';

const templates = Object.entries({
  certificates: certificatesTemplate,
  certificateEntry: certificateEntryTemplate,
  errorServer: errorsTemplate,
  http: httpTemplate,
  proof: proofTemplate,
  server: serverTemplate,
  status: statusTemplate,
  upstream: upstreamTemplate,
  endpointZone: endpointZoneTemplate,
  noEndpoints: noEndpointsTemplate,
  warmUp: warmUpTemplate,
  streamHead: streamHeadTemplate,
  stream: streamTemplate,
  ...errorsPartials,
  ...httpPartials,
  ...serverPartials,
});

/** The template with every tag as its kind: what stands beside a leaf, sections seen through. */
function leafNeighbours(text: string): readonly (readonly [before: string, after: string])[] {
  const flat = flatten(parseTemplate(text));
  return [...flat.matchAll(/\0/g)].map(({ index }) => [flat[index - 1] ?? '\n', flat[index + 1] ?? '\n']);
}

function flatten(tags: readonly ParsedTag[]): string {
  return tags
    .map((tag) => {
      if (tag[0] === 'text') return tag[1];
      if (tag[0] === 'name') return '\0';
      return tag[0] === '#' || tag[0] === '^' ? flatten(tag[4] as readonly ParsedTag[]) : '';
    })
    .join('');
}

function kindsOf(tags: readonly ParsedTag[]): readonly string[] {
  return tags.flatMap((tag) => (Array.isArray(tag[4]) ? [tag[0], ...kindsOf(tag[4] as ParsedTag[])] : [tag[0]]));
}

describe('templates', () => {
  it.each(templates)('%s holds only text, leaves, sections and partials', (_name, text) => {
    for (const kind of kindsOf(parseTemplate(text))) expect(['#', '>', '^', 'name', 'text']).toContain(kind);
  });

  it.each(templates)('%s has every leaf stand as a token of its own', (_name, text) => {
    for (const [before, after] of leafNeighbours(text)) {
      // A leaf next to a leaf is the other branch of a condition.
      expect(before).toMatch(/[ \0]/);
      expect(after).toMatch(/[ ;_a"\0]/);
    }
  });

  it.each(templates)('%s has no leaf in a comment', (_name, text) => {
    for (const line of text.split('\n')) expect(line).not.toMatch(/^\s*#.*\{\{/);
  });

  it('are the only ones who make tokens out of nothing but checked text', () => {
    const source = join(import.meta.dirname, '..');
    const users = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('tokens/') && !file.endsWith('.spec.ts'))
      .filter((file) => readFileSync(join(source, file), 'utf8').includes('makeToken'));
    expect(users).toEqual([]);
  });
});
