export type {
  ApplyResult,
  Clock,
  EventRecord,
  EventSink,
  Logger,
  NginxProcess,
  ObjectSource,
  StatusSink,
} from './ports.ts';
