/**
 * Duty: routes that are edited, one after another, while traffic goes over one of them.
 */
import { oneRule } from '../harness/manifest-directory.ts';
import { lostRequests, type FaultFigure } from './fault-figure.ts';
import type { Scene } from './scene.ts';

/** Every other edit is one of the host that traffic goes to: an annotation, a path beside its own. */
export async function editRoutes({ apply, gate, startTraffic }: Scene, edits: number): Promise<readonly FaultFigure[]> {
  const edit = (count: number): Promise<void> =>
    count % 2 === 0
      ? apply('other', [oneRule({ name: 'other', host: `host-${count}.example.com` })])
      : apply('x', [
          oneRule({ annotations: { 'proxy-read-timeout': String(60 + count) } }),
          oneRule({ name: 'y', path: `/path-${count}` }),
        ]);
  const traffic = startTraffic();
  await traffic.during(1);
  for (let count = 0; count < edits; count += 1) await gate.change(() => void edit(count));
  await traffic.during(1);
  return [lostRequests(`${edits} route edits`, await traffic.stop())];
}
