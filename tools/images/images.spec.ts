import { describe, expect, it } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { IMAGES } from './images.ts';

const root = join(import.meta.dirname, '../..');
const dockerfile = (image: string): string => readFileSync(join(root, 'deploy/images', image, 'Dockerfile'), 'utf8');
/** The stages of a Dockerfile by their names; the last one has none. */
const stages = (image: string): ReadonlyMap<string, string> => {
  const texts = dockerfile(image)
    .split(/^(?=FROM )/m)
    .slice(1);
  return new Map(texts.map((text) => [/^FROM \S+ AS (\S+)/.exec(text)?.[1] ?? '', text.trim()]));
};

describe('the images', () => {
  it('are those that have a Dockerfile', () => {
    const folders = globSync('deploy/images/*/Dockerfile', { cwd: root }).map((file) => basename(dirname(file)));
    expect(folders.sort()).toEqual([...IMAGES].sort());
  });

  it.each(IMAGES)('of %s starts with the steps that all share, so that they share a layer', (image) => {
    expect(stages(image).get('node')).toBe(stages('controller').get('node'));
    expect(stages(image).get('')).toMatch(/^FROM scratch\nCOPY --from=node \/node \/\n/);
  });

  it.each(IMAGES)('of %s needs no shell, no root and no health check of Docker', (image) => {
    const last = stages(image).get('') ?? '';
    expect(last).toContain('\nENTRYPOINT ["/usr/bin/node", "/app/main.mjs"]');
    expect(last).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(last).toContain('\nHEALTHCHECK NONE\n');
    expect(last).not.toMatch(/^(RUN|ADD|CMD|SHELL) /m);
  });

  it.each(IMAGES)('of %s says what it is', (image) => {
    const labels = [...dockerfile(image).matchAll(/org\.opencontainers\.image\.(\w+)="([^"]+)"/g)];
    expect(labels.map(([, name]) => name)).toEqual(['title', 'description', 'licenses', 'version']);
  });

  it.each(IMAGES)('of %s copies nothing that .dockerignore keeps back', (image) => {
    const sources = [...dockerfile(image).matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, list = '']) =>
      list.split(' '),
    );
    expect(sources.length).toBeGreaterThan(3);
    expect(sources.filter((source) => !/^(LICENSE|deploy\/images\/[^/]+\.sh|dist\/apps\/.+)$/.test(source))).toEqual(
      [],
    );
    const ours = sources.filter((source) => !source.startsWith('dist/'));
    expect(ours.filter((source) => !existsSync(join(root, source)))).toEqual([]);
  });
});
