import { renderFailure, type AdmissionRequest } from '@gatehouse/admission';
import { createMetricsRegistry } from '@gatehouse/http';
import { systemClock } from '@gatehouse/logging';
import { RecordingLogger } from '@gatehouse/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdmissionApp } from './admission-app.ts';
import type { Review } from './decide.ts';
import { defaultIntakeLimits } from './intake.ts';

const open: Server[] = [];
afterEach(async () => {
  await Promise.all(
    open.splice(0).map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections())),
  );
});

const admits: Review = () => ({ ok: true, value: { denials: [], warnings: [], audited: [] } });
const object = { kind: 'Ingress', namespace: 'default', name: 'cafe' } as const;
const denies: Review = () => ({
  ok: true,
  value: {
    denials: [
      { code: 'HostIsIpAddress', object, field: 'spec.rules[0].host', message: 'an address' },
      { code: 'HostIsIpAddress', object, field: 'spec.rules[1].host', message: 'an address' },
    ],
    warnings: [{ code: 'ClassUnknown', object, field: 'spec.ingressClassName', message: 'not known' }],
    audited: [],
  },
});

/** How long a review takes here is the machine's affair. */
function said(logger: RecordingLogger): readonly unknown[] {
  return logger.entries.filter(({ message }) => message !== 'Review was slow');
}

async function start(review: Review) {
  const logger = new RecordingLogger();
  const metrics = createMetricsRegistry();
  const app = createAdmissionApp({
    review,
    documentationUrl: 'https://example.com/gatehouse/',
    whyUnready: () => undefined,
    limits: defaultIntakeLimits,
    metrics: {
      registry: metrics,
      objectCounts: () => new Map([['Ingress', 7]]),
      former: { controllerClass: 'k8s.io/ingress-nginx', namespace: 'edge', pod: 'p-0' },
    },
    logger,
    clock: systemClock,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  open.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = async (request: object = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}/validate?timeout=5s`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: {
          uid: 'u-1',
          kind: { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
          operation: 'CREATE',
          namespace: 'default',
          name: 'cafe',
          userInfo: { username: 'jane', groups: ['a', 'b'] },
          object: { spec: { secret: 'TOP' } },
          ...request,
        },
      }),
    });
    return { status: response.status, text: await response.text() };
  };
  return { logger, metrics, ask };
}

describe('a reviewer that throws', () => {
  it('denies with a number, under which the log has the stack and the request, and nothing else is told', async () => {
    const { ask, logger } = await start(() => {
      throw new TypeError('at /secret/path: token hunter2');
    });
    const { status, text } = await ask();
    expect(status).toBe(200);
    const [line] = logger.entries;
    const id = String(line?.data['correlationId']);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(text)).toEqual(renderFailure('u-1', `internal error, look for ${id} in the log`));
    expect(said(logger)).toHaveLength(1);
    expect(line).toMatchObject({ level: 'error', data: { uid: 'u-1', kind: 'Ingress', operation: 'CREATE' } });
    expect((line?.data['error'] as Error).stack).toContain('admission-app.spec');
  });

  it('is counted as failed', async () => {
    const { ask, metrics } = await start(() => {
      throw new Error('x');
    });
    await ask();
    expect(await metrics.metrics()).toContain(
      'gatehouse_admission_reviews_total{decision="failed",operation="CREATE",kind="Ingress"} 1',
    );
  });
});

describe('a denial', () => {
  it('says where to read on', async () => {
    const { ask } = await start(denies);
    expect((await ask()).text).toContain('https://example.com/gatehouse/docs/problems.md#hostisipaddress');
  });
});

describe('the audit log', () => {
  it('has a line for a denial: who wanted what, and which rules said no, but not what is in it', async () => {
    const { ask, logger } = await start(denies);
    await ask({ dryRun: true });
    expect(said(logger)).toEqual([
      {
        level: 'info',
        message: 'Admission denied',
        data: {
          kind: 'Ingress',
          namespace: 'default',
          name: 'cafe',
          uid: 'u-1',
          operation: 'CREATE',
          isDryRun: true,
          user: 'jane',
          groupCount: 2,
          codes: ['HostIsIpAddress'],
          fields: ['spec.rules[0].host', 'spec.rules[1].host'],
          durationMs: expect.any(Number),
        },
      },
    ]);
    expect(JSON.stringify(logger.entries)).not.toContain('TOP');
  });

  it('has none for what is admitted', async () => {
    const { ask, logger } = await start(admits);
    await ask();
    expect(said(logger)).toEqual([]);
  });
});

describe('the metrics', () => {
  it('tell decisions, codes and times', async () => {
    const { ask, metrics } = await start(denies);
    await ask();
    const text = await metrics.metrics();
    expect(text).toContain('gatehouse_admission_reviews_total{decision="denied",operation="CREATE",kind="Ingress"} 1');
    expect(text).toContain('gatehouse_admission_problems_total{code="HostIsIpAddress",decision="denied"} 2');
    expect(text).toContain('gatehouse_admission_problems_total{code="ClassUnknown",decision="warned"} 1');
    expect(text).toContain('gatehouse_admission_review_duration_seconds_count 1');
    expect(text).toContain('gatehouse_admission_request_duration_seconds_bucket{le="5"} 1');
    expect(text).toContain('gatehouse_admission_requests_in_flight 0');
    expect(text).toContain('gatehouse_admission_objects{kind="Ingress"} 7');
  });

  it('tell of the last review under the names of ingress-nginx, too', async () => {
    const { ask, metrics } = await start(admits);
    await ask();
    const text = await metrics.metrics();
    const labels = 'controller_namespace="edge",controller_class="k8s.io/ingress-nginx",controller_pod="p-0"';
    const name = 'nginx_ingress_controller_admission_';
    expect(text).toContain(`${name}tested_ingresses{${labels}} 7`);
    expect(text).toMatch(new RegExp(`${name}roundtrip_duration\\{${labels}\\} 0\\.\\d`));
    expect(text).toMatch(new RegExp(`${name}tested_duration\\{${labels}\\} (0\\.\\d|\\de-)`));
  });

  it('have as many series after anything a client makes up', async () => {
    const { ask, metrics } = await start(admits);
    const lines = async () => (await metrics.metrics()).split('\n').filter((line) => line.includes('admission'));
    const kindOf = (kind: string) => ({ group: 'x', version: 'v1', kind });
    await ask({ kind: kindOf('Made') });
    const before = await lines();
    for (const kind of ['Up', '__proto__', 'x"} 1\nup 1', 'y'.repeat(10_000)]) {
      expect((await ask({ kind: kindOf(kind), namespace: kind, name: kind })).status).toBe(200);
    }
    const after = await lines();
    expect(after).toHaveLength(before.length);
    expect(after.join('\n')).toContain('kind="other"} 5');
  });

  it('tell what was not reviewed by its status', async () => {
    const { ask, metrics } = await start((request: AdmissionRequest) => ({
      ok: false,
      error: `no ${request.operation}`,
    }));
    expect(await ask()).toEqual({ status: 400, text: 'no CREATE\n' });
    expect(await metrics.metrics()).toContain('gatehouse_admission_refused_total{status="400"} 1');
  });
});
