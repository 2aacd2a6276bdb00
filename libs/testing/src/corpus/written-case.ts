/**
 * Duty: the form in which files hold cases, and telling what is none: a case that nobody understands proves nothing.
 */
import type { CorpusObject } from './corpus-case.ts';

/** A file: one idea, and its cases. What a file says holds for all of its cases. */
export interface WrittenFile {
  /** A sentence: what the cases have in common. */
  readonly idea: string;
  readonly cve?: string | readonly string[];
  readonly annotation?: string;
  readonly flags?: readonly string[];
  readonly world?: readonly WrittenObject[];
  readonly cases: readonly WrittenCase[];
}

/** Exactly one of `value`, `ingress` and `object` is judged. */
export interface WrittenCase extends WrittenForm {
  readonly title: string;
  readonly cve?: string | readonly string[];
  readonly hostile?: boolean;
  readonly annotation?: string;
  readonly flags?: readonly string[];
  /** Beside an IngressClass `nginx` and a Service `web`, which are always there. */
  readonly world?: readonly WrittenObject[];
  /** The stored form: the case is an update. */
  readonly before?: WrittenForm;
  readonly verdict: 'admitted' | 'denied';
  readonly reasons?: readonly WrittenProblem[];
  readonly warnings?: readonly WrittenProblem[];
}

interface WrittenForm {
  /** An Ingress whose only annotation is the one that the case is about, with this value. */
  readonly value?: string;
  readonly ingress?: ShortIngress;
  /** A whole object. */
  readonly object?: CorpusObject;
}

/** A whole object, or an Ingress in short. */
export type WrittenObject = CorpusObject | { readonly ingress: ShortIngress };

/** An Ingress of class nginx with one path `/` of type Prefix to Service `web`, on a host of the case's own, but for: */
export interface ShortIngress {
  readonly name?: string;
  readonly namespace?: string;
  /** Time of creation; the oldest when it is left out, but for what is being created. */
  readonly created?: string;
  readonly class?: string;
  /** A name without a slash is meant with our prefix. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Empty: every host. */
  readonly host?: string;
  /** A rule for each. */
  readonly hosts?: readonly string[];
  readonly path?: string;
  readonly paths?: readonly string[];
  readonly pathType?: string;
  readonly service?: string;
  readonly port?: number;
  /** Name of the Secret for all of the hosts. */
  readonly tls?: string;
}

/** A Problem; without a field it is about the annotation that is named, or that the case is about. */
export interface WrittenProblem {
  readonly code: string;
  readonly field?: string;
  readonly annotation?: string;
  /** Parts of the message. */
  readonly says?: string | readonly string[];
}

const FORM = ['value', 'ingress', 'object'];
const SHARED = ['cve', 'annotation', 'flags', 'world'];
const KEYS = {
  file: ['idea', 'cases', ...SHARED],
  case: ['title', 'hostile', 'before', 'verdict', 'reasons', 'warnings', ...SHARED, ...FORM],
  before: FORM,
  ingress: [
    ...['name', 'namespace', 'created', 'class', 'annotations', 'host', 'hosts', 'path', 'paths', 'pathType'],
    ...['service', 'port', 'tls'],
  ],
  problem: ['code', 'field', 'annotation', 'says'],
} as const satisfies Record<string, readonly string[]>;

/** Takes a file's JSON as what it should be; throws when anything in it has no meaning. */
export function checkFile(json: unknown): WrittenFile {
  checkKeys('file', json);
  const file = json as WrittenFile;
  need(/^[A-Z].*[^.]$/.test(file.idea), 'the idea must be a sentence without a full stop');
  need(Array.isArray(file.cases) && file.cases.length > 0, 'cases must be a list');
  file.world?.forEach(checkWritten);
  file.cases.forEach(checkCase);
  return file;
}

function checkCase(written: WrittenCase): void {
  checkKeys('case', written);
  const { title, before, reasons = [], warnings = [] } = written;
  const verdict: string = written.verdict;
  need(/^[A-Z].*[^.]$/.test(title), `${JSON.stringify(title)}: the title must be a sentence without a full stop`);
  checkForm(written, title);
  if (before !== undefined) {
    checkKeys('before', before);
    checkForm(before, title);
  }
  for (const problem of [...reasons, ...warnings]) checkKeys('problem', problem);
  written.world?.forEach(checkWritten);
  const isConsistent = verdict === 'denied' ? reasons.length > 0 : reasons.length === 0 && verdict === 'admitted';
  need(isConsistent, `${title}: it must be denied for reasons, or admitted`);
}

function checkForm(form: WrittenForm, title: string): void {
  const given = FORM.filter((key) => key in form);
  need(given.length === 1, `${title}: there must be one of ${FORM.join(', ')}`);
  if (form.ingress !== undefined) checkKeys('ingress', form.ingress);
}

function checkWritten(object: WrittenObject): void {
  if ('kind' in object) return;
  need(Object.keys(object).join() === 'ingress', 'an object of the world must have a kind, or be an ingress in short');
  checkKeys('ingress', (object as { ingress: unknown }).ingress);
}

function checkKeys(what: keyof typeof KEYS, json: unknown): void {
  need(typeof json === 'object' && json !== null && !Array.isArray(json), `a ${what} must be a mapping`);
  const known: readonly string[] = KEYS[what];
  const unknown = Object.keys(json as object).filter((key) => !known.includes(key));
  need(unknown.length === 0, `a ${what} has no ${unknown.join(', ')}, only ${known.join(', ')}`);
}

function need(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
