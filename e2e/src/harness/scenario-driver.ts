/**
 * Duty: what runs a scenario, as an interface: on nginx alone, on a real API server, in a cluster.
 */
import type { Answer, GatePorts, Question } from './ask.ts';
import type { BackendKind } from './scenario-backends.ts';
import type { DriverName, Scenario } from './scenario.ts';

export interface ScenarioDriver {
  readonly name: DriverName;
  /** Begins a scenario; the sessions of one driver follow each other. */
  open(scenario: Scenario): Promise<ScenarioSession>;
}

/** Where nginx reaches a backend. */
export interface BackendAddress {
  readonly address: string;
  readonly port: number;
}

export interface ScenarioSession {
  /** Known once the first objects are there. */
  readonly ports: Pick<GatePorts, 'httpsPort'>;
  /** Of the driver's answers, how long one may take to become what is expected; 0 where `apply` waits for it. */
  readonly patienceMs: number;
  startBackend(name: string, kind: BackendKind): Promise<BackendAddress>;
  /** Makes these YAML documents all the objects that there are; resolves when the controller has seen the last of them. */
  apply(documents: string): Promise<void>;
  ask(question: Question): Promise<Answer>;
  /** Codes of all Problems, sorted, as `Kind namespace/name: Code`; undefined where they cannot be had. */
  problems(): readonly string[] | undefined;
  /** Ends the backends, takes the objects away. */
  close(): Promise<void>;
}
