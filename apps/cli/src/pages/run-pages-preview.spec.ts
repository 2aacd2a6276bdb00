import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordedRun } from '../recorded-run.ts';
import { runCli } from '../run-cli.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../examples/brand');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'preview-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('gatehouse pages preview with what it cannot have', () => {
  it.each([['nope'], [''], ['1.2.3'], ['127.0.0.1:80'], ['[::1]']])('does not know the address %j', async (address) => {
    const { exitCode, stdout, stderr } = await recordedRun('pages', 'preview', '--port=0', `--address=${address}`);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      `gatehouse pages preview: --address: "${address}" is neither an IP address nor localhost\nTry `,
    );
  });

  it('says whose the address is not, in one sentence', async () => {
    // Of TEST-NET-3 (RFC 5737), which no machine has.
    const { exitCode, stderr } = await recordedRun('pages', 'preview', '--port=0', '--address=203.0.113.7');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ message: '--address: "203.0.113.7" is no address of this machine' });
  });

  it('says that a port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { exitCode, stderr } = await recordedRun('pages', 'preview', `--port=${port}`);
    await new Promise((resolve) => other.close(resolve));
    expect(exitCode).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({
      message: `--port: ${port} is in use on 127.0.0.1; name another, or 0 for a free one`,
    });
  });
});

describe('gatehouse pages preview', () => {
  let end: AbortController;
  let ended: Promise<number>;
  let printed: { out: string; err: string };
  let base: string;

  const start = async (...flags: readonly string[]): Promise<void> => {
    end = new AbortController();
    printed = { out: '', err: '' };
    ended = runCli({
      argv: ['pages', 'preview', '--port=0', ...flags],
      env: {},
      stdout: { write: (text) => (printed.out += text) },
      stderr: { write: (text) => (printed.err += text) },
      signal: end.signal,
    });
    await until(() => printed.out.includes('Look at'));
    base = /http:\S+/.exec(printed.out)![0];
  };
  const text = async (path: string): Promise<string> => (await fetch(new URL(path, base))).text();
  afterEach(async () => {
    end.abort();
    expect(await ended).toBe(0);
  });

  it('serves on loopback a gallery with every status, reason, language, format and design', async () => {
    await start('--brand', EXAMPLE);
    expect(new URL(base).hostname).toBe('127.0.0.1');
    const gallery = await text('/');
    expect(gallery).toContain('Error pages of Café Meridian');
    for (const value of ['404', '503', 'no-endpoints', 'ar', 'application/problem+json', 'letter', 'dark']) {
      expect(gallery).toContain(`<option value="${value.replace('/', '&#x2F;')}"`);
    }
    const frames = [...gallery.matchAll(/<iframe[^>]* src="([^"]+)"/g)].map(([, src = '']) => src);
    expect(frames.length).toBeGreaterThan(55);
    for (const src of new Set(frames)) {
      const path = src.replaceAll('&#x2F;', '/').replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
      expect((await fetch(new URL(path, base))).status).toBe(200);
    }
  }, 60_000);

  it('shows the page that is asked for, and takes what is unknown as the default', async () => {
    await start('--brand', EXAMPLE);
    expect(await text('/page?status=404&language=de')).toContain('Diese Tasse ist leer');
    expect(await text('/page?status=503&reason=no-endpoints')).toContain('Nobody behind the bar');
    expect(await text('/page?host=roastery.cafe.example.com')).toContain('Meridian Roastery');
    expect(await text('/page?namespace=staff')).toContain('Ask at the counter, or call the manager.');
    expect(await text('/page?namespace=staff&host=roastery.cafe.example.com')).toContain('Meridian Roastery');
    expect(await text('/?namespace=staff')).toContain('<option value="staff" selected>');
    expect(await text('/page?design=split')).not.toBe(await text('/page?design=letter'));
    expect(await text('/page?status=<script>&language=__proto__&design=toString')).toContain('This cup is empty');
    const { headers } = await fetch(new URL('/page', base));
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect((await fetch(new URL('/brand.yaml', base))).status).toBe(404);
  });

  it('follows what is saved, and shows what is wrong with it beside the last good pages', async () => {
    const save = (yaml: string): void => writeFileSync(join(directory, 'brand.yaml'), yaml);
    save('name: First');
    await start('--brand', directory);
    save('name: Second');
    await until(async () => (await text('/')).includes('Error pages of Second'));
    save('nam: <b>');
    await until(async () => (await text('/')).includes('role="alert"'));
    const gallery = await text('/');
    expect(gallery).toContain('Error pages of Second');
    expect(gallery).toContain('did you mean name?');
    expect(printed.err).toContain('brand.yaml:1:1: nam');
    save('name: Third');
    await until(async () => !(await text('/')).includes('role="alert"'));
  });
});
