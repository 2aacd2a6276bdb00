/** What a run with a cluster does, in this order. Each may throw. */
export interface ClusterSteps<Cluster> {
  /** Makes the cluster and all in it; `known` is told of the cluster as soon as there is one. */
  readonly prepare: (known: (cluster: Cluster) => void) => Promise<void>;
  /** Tells whether every test passed. */
  readonly test: (cluster: Cluster) => Promise<boolean>;
  /** After a failure. */
  readonly diagnose: (cluster: Cluster) => Promise<void>;
  /** Whatever there is of the cluster goes. */
  readonly remove: () => Promise<void>;
  /** In place of `remove` when the cluster is kept. */
  readonly leave?: ((cluster: Cluster) => void) | undefined;
  readonly complain: (error: unknown) => void;
}

/**
 * Runs the steps; tells whether all went well. The cluster never outlives this but by `leave`, however it ends. After an
 * interrupt nothing is diagnosed: what failed then failed because of that.
 */
export async function runWithCluster<Cluster>(steps: ClusterSteps<Cluster>, signal: AbortSignal): Promise<boolean> {
  const { prepare, test, diagnose, remove, leave, complain } = steps;
  let cluster: Cluster | undefined;
  const attempt = async (): Promise<boolean> => {
    try {
      await prepare((made) => (cluster = made));
      return cluster !== undefined && !signal.aborted && (await test(cluster));
    } catch (error) {
      if (!signal.aborted) complain(error);
      return false;
    }
  };
  try {
    const passed = await attempt();
    if (!passed && !signal.aborted && cluster !== undefined) await diagnose(cluster);
    return passed && !signal.aborted;
  } finally {
    if (leave !== undefined && cluster !== undefined) leave(cluster);
    else await remove();
  }
}
