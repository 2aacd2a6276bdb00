/**
 * Duty: asking the real nginx about many configurations, each different one once.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@gatehouse/nginx';
import type { NginxPlace } from '../harness/bare-nginx.ts';

const program = process.env['GATEHOUSE_NGINX_BINARY'] ?? 'nginx';
/** Processes at a time. */
const WIDTH = 2;

export class TestedConfigs {
  readonly #place: NginxPlace;
  readonly #waiting = new Map<string, { readonly bundle: Bundle; readonly what: string }>();

  constructor(place: NginxPlace) {
    this.#place = place;
  }

  /** Notes a configuration, and in words what it is of. */
  add(bundle: Bundle, what: string): void {
    if (!this.#waiting.has(bundle.digest)) this.#waiting.set(bundle.digest, { bundle, what });
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** What nginx objects to, with what was noted. */
  async objections(): Promise<readonly string[]> {
    const queue = [...this.#waiting.values()];
    const found: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const objection = await this.#objectionTo(next.bundle);
        if (objection !== undefined) found.push(`${next.what}: ${objection}`);
      }
    };
    await Promise.all(Array.from({ length: WIDTH }, work));
    return found;
  }

  async #objectionTo({ files, certificates }: Bundle): Promise<string | undefined> {
    for (const [name, { pem }] of certificates) writeFileSync(join(this.#place.directory, 'keys', name), pem);
    const directory = mkdtempSync(join(this.#place.directory, 'config-'));
    const file = join(directory, 'nginx.conf');
    writeFileSync(file, files.get('nginx.conf') ?? '');
    const child = spawn(program, ['-t', '-q', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    rmSync(directory, { recursive: true });
    return code === 0 ? undefined : said;
  }
}
