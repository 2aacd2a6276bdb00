import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EndpointChange } from '@gatehouse/pipeline';
import { RecordingLogger } from '@gatehouse/testing';
import { rememberEndpoints, type EndpointFile } from './endpoint-file.ts';

const change = (name: string, address: string): EndpointChange => ({
  name,
  endpoints: [{ address, port: 80, weight: 1 }],
});

describe('the file of endpoints', () => {
  let directory: string;
  let file: string;
  let told: EndpointChange[];
  let fault: Error | undefined;

  const open = (): EndpointFile => {
    told = [];
    const feed = {
      set: (changes: readonly EndpointChange[]) => {
        if (fault !== undefined) throw fault;
        told.push(...changes);
      },
    };
    return rememberEndpoints(feed, { file, logger: new RecordingLogger() });
  };

  beforeEach(async () => {
    fault = undefined;
    directory = await mkdtemp(join(tmpdir(), 'endpoints-'));
    file = join(directory, 'endpoints.json');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('has for the next start what was told last, and nothing that is forgotten', async () => {
    const first = open();
    first.set([change('a', '10.0.0.1'), change('b', '10.0.0.2')]);
    first.set([change('a', '10.0.0.3'), { name: 'b', endpoints: 'forgotten' }]);
    expect(told).toHaveLength(4);
    await first.close();
    await open().restore();
    expect(told).toEqual([change('a', '10.0.0.3')]);
    expect(await readdir(directory)).toEqual(['endpoints.json']);
  });

  it('holds nothing that was refused', async () => {
    const first = open();
    fault = new TypeError('no such endpoint');
    expect(() => first.set([change('a', '127.0.0.1')])).toThrow(fault);
    await first.close();
    expect(await readdir(directory)).toEqual([]);
  });

  it.each(['', '{', 'null', '{"a":1}'])('that holds %j is as good as none', async (content) => {
    await writeFile(file, content);
    const restored = open();
    await restored.restore();
    restored.set([change('a', '10.0.0.1')]);
    await restored.close();
    await open().restore();
    expect(told).toEqual([change('a', '10.0.0.1')]);
  });
});
