/**
 * Duty: the figures of the error pages: how long one takes and how many there can be, each beside an express app that sends
 * the same bytes, and the memory after that.
 */
import { askPort, freePort } from '@gatehouse/testing';
import { setTimeout as delay } from 'node:timers/promises';
import { buildBundle, startProgram } from '../bundled-program.ts';
import { clearCore, goFirst } from '../cores.ts';
import { median, type Measured } from '../figure.ts';
import { loadPort, whyNoWrk, type Loaded } from '../wrk.ts';
import type { Sent } from './bare-express.ts';
import { startBareExpress } from './bare-server.ts';

const PAIRS = 12;
const SECONDS = 1;
const CONNECTIONS = 30;

interface Pair {
  readonly ours: Loaded;
  readonly bare: Loaded;
}

/** What our nginx and a browser say with each request. */
const REPORTED = {
  Host: 'shop.example.com',
  'X-Code': '503',
  'X-Original-URI': '/basket?step=2',
  'X-Namespace': 'shop',
  'X-Ingress-Name': 'shop',
  'X-Service-Name': 'basket',
  'X-Service-Port': '80',
  'X-Request-ID': '0af7651916cd43dd8448eb211c80319c',
  'X-Real-IP': '203.0.113.7',
  'X-Forwarded-For': '203.0.113.7',
  'X-Forwarded-Host': 'shop.example.com',
  'X-Forwarded-Proto': 'https',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Accept-Language': 'de-DE,de;q=0.9,en;q=0.8',
};
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8';

interface Case {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly mostMicroseconds: number;
}

const CASES: readonly Case[] = [
  { name: 'JSON', mostMicroseconds: 60, headers: { ...REPORTED, 'X-Format': 'application/json' } },
  { name: 'HTML', mostMicroseconds: 120, headers: { ...REPORTED, 'X-Format': BROWSER } },
  {
    name: 'HTML in brotli',
    mostMicroseconds: 120,
    headers: { ...REPORTED, 'X-Format': BROWSER, 'Accept-Encoding': 'gzip, deflate, br, zstd' },
  },
];

export async function* measurePages(): AsyncIterable<Measured> {
  const why = await whyNoWrk();
  if (why !== undefined) {
    yield { name: 'error pages', why };
    return;
  }
  buildBundle('default-backend');
  const core = clearCore();
  if (core === undefined) yield { name: 'error pages on a core of their own', why: 'there is one core, or no taskset' };
  if (!goFirst()) yield { name: 'error pages before whatever else runs', why: 'real time is not allowed' };
  const [port, healthPort] = await Promise.all([freePort(), freePort()]);
  const args = ['--host=127.0.0.1', `--port=${port}`, `--health-port=${healthPort}`];
  const program = await startProgram({
    app: 'default-backend',
    args,
    healthPort,
    ...(core === undefined ? {} : { core }),
  });
  try {
    for (const one of CASES) yield* measureCase(one, port, core);
    const { now, most } = program.residentMiB();
    yield {
      ...{ name: 'resident memory after that', unit: 'MiB', measured: now, bar: { atMost: 90 } },
      note: `never more than ${most.toFixed(0)}`,
    };
  } finally {
    await program.close();
  }
}

async function* measureCase(
  { name, headers, mostMicroseconds }: Case,
  ours: number,
  core?: number,
): AsyncIterable<Measured> {
  const bare = await startBareExpress(await answerOf(ours, headers), core);
  try {
    await inPairs(ours, bare.port, { headers, connections: 1, pairs: 2 });
    const alone = await inPairs(ours, bare.port, { headers, connections: 1, pairs: PAIRS });
    const times = alone.map((pair) => pair.ours.medianMicroseconds);
    yield {
      ...{ name: `a page in ${name}, median, one connection`, unit: 'us', measured: median(times) },
      ...{
        bar: { atMost: mostMicroseconds },
        note: `bare express ${median(alone.map((pair) => pair.bare.medianMicroseconds)).toFixed(0)}; min ${Math.min(...times)}, max ${Math.max(...times)} of ${PAIRS} s`,
      },
    };
    const slower = alone.map((pair) => pair.ours.medianMicroseconds / pair.bare.medianMicroseconds);
    yield { ...ratio(`a page in ${name}, against bare express with the same bytes`, slower), bar: { atMost: 1.3 } };
    const together = await inPairs(ours, bare.port, { headers, connections: CONNECTIONS, pairs: PAIRS });
    const rate = median(together.map((pair) => pair.ours.perSecond));
    const faster = together.map((pair) => pair.ours.perSecond / pair.bare.perSecond);
    yield { name: `pages in ${name}, ${CONNECTIONS} connections`, unit: 'perSecond', measured: rate };
    yield {
      ...ratio(`pages in ${name}, ${CONNECTIONS} connections, against bare express`, faster),
      bar: { atLeast: 0.8 },
    };
  } finally {
    await bare.close();
  }
}

function ratio(
  name: string,
  ratios: readonly number[],
): { name: string; unit: 'ratio'; measured: number; note: string } {
  const extremes = `${ratios.length} pairs, min ${Math.min(...ratios).toFixed(2)}, max ${Math.max(...ratios).toFixed(2)}`;
  return { name, unit: 'ratio', measured: median(ratios), note: extremes };
}

/** As soon as it comes compressed where that is asked for: the first one does not. */
async function answerOf(port: number, headers: Case['headers']): Promise<Sent> {
  for (;;) {
    const answer = await askPort({ port, headers });
    const { 'content-type': contentType = '', 'content-encoding': contentEncoding } = answer.headers;
    const isDone = headers['Accept-Encoding'] === undefined || contentEncoding !== undefined;
    const body = contentEncoding === undefined ? answer.text : answer.bytes.toString('base64');
    if (isDone) return { status: answer.status, contentType, contentEncoding, body };
    await delay(10);
  }
}

/** Who goes first changes from pair to pair, so that a machine whose speed drifts does not matter. */
async function inPairs(ours: number, bare: number, load: Pick<Case, 'headers'> & PairLoad): Promise<readonly Pair[]> {
  const { headers, connections, pairs } = load;
  const run = (port: number): Promise<Loaded> => loadPort({ port, headers, connections, seconds: SECONDS });
  const all: Pair[] = [];
  for (let number = 0; number < pairs; number += 1) {
    const first = await run(number % 2 === 0 ? ours : bare);
    const second = await run(number % 2 === 0 ? bare : ours);
    all.push(number % 2 === 0 ? { ours: first, bare: second } : { ours: second, bare: first });
  }
  return all;
}

interface PairLoad {
  readonly connections: number;
  readonly pairs: number;
}
