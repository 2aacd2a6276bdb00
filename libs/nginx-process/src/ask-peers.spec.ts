import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peersOn } from './ask-peers.ts';

describe('comparing endpoints with those of nginx', () => {
  let directory: string;
  let server: Server;
  let answer: string;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ask-peers-'));
    server = createServer((_, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(join(directory, 'proof.sock'), resolve));
  });
  afterEach(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });

  const compare = (address: string, name = 'web') =>
    peersOn(join(directory, 'proof.sock'))(name, [{ address, port: 80, weight: 1 }]);

  it('knows an address however it is written', async () => {
    answer = 'peers [2001:db8::1]:80';
    expect(await compare('2001:db8:0::1')).toBe('same');
    expect(await compare('2001:db8::2')).toBe('different');
  });

  it('comes to nothing, and never throws, when nobody answers or something cannot be asked', async () => {
    answer = 'peers [2001:db8::1]:80';
    expect(await compare('2001:db8::1', 'no name')).toBe('unknown');
    answer = 'something else';
    expect(await compare('2001:db8::1')).toBe('unknown');
    server.close();
    expect(await compare('2001:db8::1')).toBe('unknown');
  });
});
