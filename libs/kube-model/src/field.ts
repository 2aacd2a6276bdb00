/**
 * Duty: reading unknown JSON one field at a time, noting what has the wrong shape and where, without ever throwing.
 * Never shows a value that it did not like, only its type: it may be a secret. Must not know any kind of object.
 */
import { quoteFound } from '@gatehouse/core';

/** One field with the wrong shape. */
export interface Fault {
  readonly field: string;
  readonly message: string;
  /** `object`: nothing can be made of the object; `part`: only the part around the field is lost. */
  readonly scope: 'object' | 'part';
}

/**
 * Stands for text that was no text. Being neither a DNS name nor a path, it is refused wherever a name or a path is
 * expected, so that what it stands for serves nothing while its neighbours keep their places.
 */
export const MALFORMED = '(malformed)';

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** A value, perhaps absent, and the way to it. `null` counts as absent, as it does in Kubernetes. */
export class Field {
  readonly path: string;
  readonly #value: unknown;
  readonly #faults: Fault[];
  readonly #scope: Fault['scope'];

  private constructor(value: unknown, path: string, notes: { faults: Fault[]; scope: Fault['scope'] }) {
    this.path = path;
    this.#value = value ?? undefined;
    this.#faults = notes.faults;
    this.#scope = notes.scope;
  }

  /** The whole document; faults are added to `faults`. */
  static root(value: unknown, faults: Fault[]): Field {
    return new Field(value, '', { faults, scope: 'object' });
  }

  get isPresent(): boolean {
    return this.#value !== undefined;
  }

  /** The same field; what is wrong with it or below it loses that part only. */
  get asPart(): Field {
    return new Field(this.#value, this.path, { faults: this.#faults, scope: 'part' });
  }

  /** The same field; what is wrong with it or below it is of no interest. */
  get unreported(): Field {
    return new Field(this.#value, this.path, { faults: [], scope: 'part' });
  }

  /** Notes a fault at this field. */
  fault(message: string): void {
    this.#faults.push({ field: this.path, message, scope: this.#scope });
  }

  /** The field `name` of this object; absent when this is no object. */
  get(name: string): Field {
    const value = isRecord(this.#value) && Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
    return this.#child(value, this.path === '' ? name : `${this.path}.${name}`);
  }

  /** Whether this is an object; notes a fault when it is anything else that is present. */
  expectObject(): boolean {
    if (isRecord(this.#value)) return true;
    if (this.isPresent) this.#expected('an object');
    return false;
  }

  get isText(): boolean {
    return typeof this.#value === 'string';
  }

  /** Whether this is the number 0, which Kubernetes does not tell from an absent one. */
  get isZero(): boolean {
    return this.#value === 0;
  }

  /** Whether this can be read as a list: it is one, or it is absent. */
  get isListOrAbsent(): boolean {
    return Array.isArray(this.#value) || !this.isPresent;
  }

  /** The elements of this list; none when absent or, with a fault, when it is no list. */
  items(): readonly Field[] {
    if (Array.isArray(this.#value))
      return this.#value.map((item, index) => this.#child(item, `${this.path}[${index}]`));
    if (this.isPresent) this.#expected('a list');
    return [];
  }

  /** Like `expectObject`, for a field that must be there, such as the element of a list. */
  requireObject(): boolean {
    if (!this.isPresent) this.fault('must be an object, found null');
    return this.expectObject();
  }

  /** The entries of this object, whose keys are free text; none when absent or, with a fault, when it is no object. */
  entries(): readonly (readonly [key: string, value: Field])[] {
    if (!this.expectObject() || !isRecord(this.#value)) return [];
    return Object.entries(this.#value).map(([key, value]) => [key, this.#child(value, `${this.path}[${key}]`)]);
  }

  /** Text; empty when absent, `MALFORMED` with a fault when it is anything else. */
  text(): string {
    if (typeof this.#value === 'string') return this.#value;
    if (!this.isPresent) return '';
    this.#expected('a string');
    return MALFORMED;
  }

  /** Like `text`, for a field that must be there, such as the element of a list. */
  requiredText(): string {
    if (this.isPresent) return this.text();
    this.fault('must be a string, found null');
    return MALFORMED;
  }

  /**
   * Text of a map of strings. Numbers and booleans, which people write without quotes, are taken as they would be
   * written, with a fault all the same, because the API server refuses them.
   */
  looseText(): string {
    if (typeof this.#value !== 'number' && typeof this.#value !== 'boolean') return this.text();
    this.fault(`must be a string, found ${typeName(this.#value)}: put it in quotes`);
    return String(this.#value);
  }

  /** true or false; undefined when absent or, with a fault, when it is anything else. */
  flag(): boolean | undefined {
    if (typeof this.#value === 'boolean') return this.#value;
    if (this.isPresent) this.#expected('true or false');
    return undefined;
  }

  /** One of `words`; undefined when absent or, with a fault, when it is anything else. */
  oneOf<const Word extends string>(words: readonly Word[]): Word | undefined {
    const found = words.find((word) => word === this.#value);
    if (found !== undefined || !this.isPresent) return found;
    if (typeof this.#value === 'string')
      this.fault(`must be one of ${words.join(', ')}, found ${quoteFound(this.#value)}`);
    else this.#expected(`one of ${words.join(', ')}`);
    return undefined;
  }

  /** A port number; undefined when absent or, with a fault, when it is anything else. */
  port(): number | undefined {
    if (isPort(this.#value)) return this.#value;
    if (typeof this.#value === 'number') this.fault(`must be a whole number from 1 to 65535, found ${this.#value}`);
    else if (this.isPresent) this.#expected('a whole number from 1 to 65535');
    return undefined;
  }

  /** A port number, or text as it stands: Kubernetes takes a quoted number as a name. */
  portOrName(): number | string | undefined {
    return typeof this.#value === 'string' ? this.#value : this.port();
  }

  /** Milliseconds since 1970 of an RFC 3339 time or a Date; undefined when absent or, with a fault, no such thing. */
  timeMs(): number | undefined {
    const value = this.#value;
    const isTime = value instanceof Date || (typeof value === 'string' && RFC_3339.test(value));
    const timeMs = isTime ? new Date(value).getTime() : NaN;
    if (!Number.isNaN(timeMs)) return timeMs;
    if (this.isPresent) this.#expected('a time such as 2026-01-31T12:00:00Z');
    return undefined;
  }

  #child(value: unknown, path: string): Field {
    return new Field(value, path, { faults: this.#faults, scope: this.#scope });
  }

  #expected(what: string): void {
    this.fault(`must be ${what}, found ${typeName(this.#value)}`);
  }
}

/** Whether a value is a JSON object. Its fields are to be read as own properties only. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
