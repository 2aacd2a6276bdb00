import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lexed } from '@gatehouse/testing';
import { recordedRun } from '../recorded-run.ts';

const CAFE = join(import.meta.dirname, '../../../../examples/cafe');

describe('gatehouse render', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'render-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const hostsOf = (conf: string): string[] =>
    [...conf.matchAll(/^\s*server_name (\S+);/gm)].map(([, name = '']) => name);

  it('prints nothing but nginx.conf on standard output', async () => {
    const { exitCode, stdout } = await recordedRun('render', '-f', CAFE);
    expect(exitCode).toBe(0);
    expect(lexed(stdout).map(({ name }) => name)).toEqual(expect.arrayContaining(['events', 'http']));
    expect(hostsOf(stdout)).toContain('cafe.example.com');
    expect(stdout.endsWith('}\n')).toBe(true);
  });

  it('prints the same bytes each time', async () => {
    const [first, second] = [await recordedRun('render', '-f', CAFE), await recordedRun('render', '-f', CAFE)];
    expect(first).toEqual(second);
  });

  it('tells Problems on standard error, and ends well all the same', async () => {
    const text = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop }
spec: { ingressClassName: nginx, rules: [{ host: 10.0.0.1 }, { host: shop.example.com }] }
`;
    writeFileSync(join(directory, 'shop.yaml'), text);
    const { exitCode, stdout, stderr } = await recordedRun('render', '-f', directory);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^Ingress default\/shop: spec\.rules\[0\]\.host: .+ \(HostIsIpAddress\)$/m);
    expect(hostsOf(stdout)).toContain('shop.example.com');
    expect(stdout).not.toContain('10.0.0.1');
  });

  it('renders what can be read when a file is broken, and fails', async () => {
    writeFileSync(join(directory, 'a.yaml'), 'a: [\n');
    const { exitCode, stdout, stderr } = await recordedRun('render', '-f', directory, '-f', CAFE);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${join(directory, 'a.yaml')}:`);
    expect(hostsOf(stdout)).toContain('cafe.example.com');
  });

  it('prints no configuration when the flags are wrong', async () => {
    const { exitCode, stdout, stderr } = await recordedRun('render', '-f', join(directory, 'nowhere'));
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^gatehouse render: -f: there is no file or directory ".*nowhere"\nTry gatehouse render --help\n$/,
    );
  });
});
