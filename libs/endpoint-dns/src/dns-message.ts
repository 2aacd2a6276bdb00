/**
 * Duty: DNS messages of the kinds that nginx asks for and understands (RFC 1035, RFC 2782), to and from bytes. Must not
 * know who asks or what is answered.
 */
import { AUTHORITATIVE_ANSWER, decode, encode, TRUNCATED_RESPONSE, type Answer } from 'dns-packet';

/** What was asked, once it is known to be a question that can be answered. */
export interface Query {
  readonly id: number;
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV';
}

/** Nobody who asks for one of our names needs more. */
const LONGEST_QUERY = 512;
const HEADER_BYTES = 12;

/** A question: one, in the class Internet, for a type that is answered. Undefined for anything else. */
export function readQuery(bytes: Buffer): Query | undefined {
  if (bytes.length < HEADER_BYTES || bytes.length > LONGEST_QUERY) return undefined;
  // No answer, no other operation than a plain query; one question and nothing else beside it, but for EDNS.
  if ((bytes.readUInt16BE(2) & 0xf8_00) !== 0) return undefined;
  const counts = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  if (counts[0] !== 1 || counts[1] !== 0 || counts[2] !== 0 || (counts[3] ?? 0) > 1) return undefined;
  try {
    const { id = 0, questions = [] } = decode(bytes);
    const [question] = questions;
    if (question?.class !== 'IN' || !isAnswered(question.type)) return undefined;
    return { id, name: question.name, type: question.type };
  } catch {
    return undefined;
  }
}

function isAnswered(type: string): type is Query['type'] {
  return type === 'SRV' || type === 'A' || type === 'AAAA';
}

export interface SrvTarget {
  readonly target: string;
  readonly port: number;
  readonly weight: number;
}

/** Answers with id 0; `withId` makes one for a query out of it. */
export type AnswerTemplate = Buffer;

/** As many targets as fit; `bytes` is what the reader can take. With none left out the answer is whole. */
export function srvAnswer(name: string, targets: readonly SrvTarget[], bytes: number): SrvAnswer {
  const head = message({ name, type: 'SRV' }, AUTHORITATIVE_ANSWER, []);
  const records: Buffer[] = [];
  let room = Math.min(bytes, LARGEST_MESSAGE) - head.length;
  for (const target of targets) {
    const record = srvRecord(target);
    room -= record.length;
    if (room < 0) break;
    records.push(record);
  }
  head.writeUInt16BE(records.length, 6);
  return { message: Buffer.concat([head, ...records]), leftOut: targets.length - records.length };
}

export interface SrvAnswer {
  readonly message: AnswerTemplate;
  readonly leftOut: number;
}

const LARGEST_MESSAGE = 0xff_ff;
const TYPE_SRV = 33;
const CLASS_IN = 1;

/**
 * Of the name that was asked for, which is pointed to where it stands in the question: dns-packet does not, and a third
 * as many endpoints would fit. TTL 0, so that nginx asks again; priority 0, since any other makes a backup.
 */
function srvRecord({ target, port, weight }: SrvTarget): Buffer {
  const labels = target.split('.');
  const record = Buffer.alloc(12 + 6 + target.length + 2);
  record.writeUInt16BE(0xc0_00 | HEADER_BYTES, 0);
  record.writeUInt16BE(TYPE_SRV, 2);
  record.writeUInt16BE(CLASS_IN, 4);
  record.writeUInt16BE(record.length - 12, 10);
  record.writeUInt16BE(weight, 14);
  record.writeUInt16BE(port, 16);
  let at = 18;
  for (const label of labels) {
    at = record.writeUInt8(label.length, at);
    at += record.write(label, at, 'latin1');
  }
  return record;
}

/** Says that the answer is too long for a datagram, so that nginx asks again over TCP. */
export function truncatedAnswer(query: Question): AnswerTemplate {
  return message(query, AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE, []);
}

/** The address of a target, or that it has none of this family. */
export function addressAnswer(query: Question, address: string | undefined): AnswerTemplate {
  const { name, type } = query;
  const answers: Answer[] =
    address === undefined || type === 'SRV' ? [] : [{ name, type, ttl: ADDRESS_TTL, data: address }];
  return message(query, AUTHORITATIVE_ANSWER, answers);
}

/** A target's name is a digest of its address: what it says never changes. */
const ADDRESS_TTL = 3600;

/** The server cannot say: nginx keeps what it has. */
export function failure(query: Question): AnswerTemplate {
  return message(query, SERVER_FAILURE, []);
}

/** It will not say. */
export function refusal(query: Question): AnswerTemplate {
  return message(query, REFUSED, []);
}

type Question = Pick<Query, 'name' | 'type'>;
const SERVER_FAILURE = 2;
const REFUSED = 5;

function message({ name, type }: Question, flags: number, answers: Answer[]): Buffer {
  return encode({ type: 'response', id: 0, flags, questions: [{ name, type, class: 'IN' }], answers });
}

/** The answer for a query: a copy with its id. */
export function withId(template: AnswerTemplate, id: number): Buffer {
  const bytes = Buffer.from(template);
  bytes.writeUInt16BE(id, 0);
  return bytes;
}
