export { createPipeline, type Pipeline, type PipelineOptions, type StatusOptions } from './pipeline.ts';
export { planEvents, type Told } from './plan-events.ts';
export type {
  ApplyResult,
  ChangeKind,
  Clock,
  Draining,
  Endpoint,
  EndpointChange,
  EndpointFeed,
  EventRecord,
  EventSink,
  Logger,
  NginxProcess,
  ObjectSource,
  Refusal,
  StatusSink,
  TestResult,
  UnusableCertificate,
} from './ports.ts';
export type { Quarantine, QuarantineEntry } from './quarantine.ts';
export { isCapReached, LONGEST_WAIT_MS } from './reload-spacing.ts';
export type { Round, RoundDurations, RoundPorts } from './round.ts';
