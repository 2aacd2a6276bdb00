/**
 * Duty: requests that are lost while something changes or is away, by the same trials as the tests of e2e/src/faults, for
 * longer.
 */
import {
  changeLeader,
  editRoutes,
  inClusterScene,
  inScene,
  outliveApiServer,
  outliveWebhook,
  restartController,
  rollOut,
  rotateCertificates,
  type FaultFigure,
} from '@gatehouse/e2e/faults';
import { apiServerAssets } from '@gatehouse/testing';
import { buildBundle } from '../bundled-program.ts';
import type { Measured } from '../figure.ts';

const EDITS = 100;
const ROLLOUTS = 100;
const OUTAGE_S = 600;
const LEADER_CHANGES = 3;
const WEBHOOK_OUTAGES = 10;
const RESTARTS = 10;
const ROTATIONS = 30;

type Trial = () => Promise<readonly FaultFigure[]>;

const HERE: readonly Trial[] = [
  () => inScene(editRoutes, EDITS),
  () => inScene(rotateCertificates, ROTATIONS),
  () => restartController(RESTARTS),
];
const AT_AN_API_SERVER: readonly Trial[] = [
  () => inClusterScene(outliveWebhook, WEBHOOK_OUTAGES),
  () => changeLeader(LEADER_CHANGES),
  () => inClusterScene(rollOut, ROLLOUTS),
  () => inClusterScene(outliveApiServer, OUTAGE_S),
];

export async function* measureFaults(): AsyncIterable<Measured> {
  for (const app of ['controller', 'proxy'] as const) buildBundle(app);
  for (const trial of HERE) yield* await trial();
  if (apiServerAssets() === undefined) {
    const why = 'KUBEBUILDER_ASSETS names no directory with kube-apiserver';
    yield { name: 'requests lost over rollouts, without an API server, a webhook, a leader', why };
    return;
  }
  for (const trial of AT_AN_API_SERVER) yield* await trial();
}
