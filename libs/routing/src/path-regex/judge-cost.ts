/**
 * Duty: how much work a parsed expression can make for whoever runs it on a hostile path. A backtracking engine tries
 * every way to split a text among the parts of an expression, so wherever two ways are open for the same next byte
 * ("ambiguous"), the numbers of ways multiply. Must not know the text of the expression.
 *
 * Inside a repeated group nothing may be ambiguous, since there the number of ways grows exponentially with the length
 * of the path. Outside, ambiguous parts are counted: one without an upper bound has as many ways as a path has bytes.
 */
import { emptySet, endSet, isOverlapping, unionOf, type CharacterSet } from './character-set.ts';
import type { RegexNode } from './regex-node.ts';

/** Ways of one ambiguous part without an upper bound. */
const UNBOUNDED_WAYS = 1000;
/** nginx' own limit for one match is the same (PCRE's match limit); it then answers 500. */
const MOST_WAYS = 10_000_000;
/** Of the compiled form, in bytes as PCRE counts them; PCRE refuses at 65,536. */
const LARGEST_PROGRAM = 40_000;

/** What can come after a node. */
interface Surroundings {
  /** The bytes that may follow; the end is among them only when it is asked for. */
  readonly next: CharacterSet;
  /** What follows can refuse to match, so that the engine comes back to try another way. */
  readonly canFail: boolean;
  readonly isRepeated: boolean;
}

/** What a node may begin with, and whether it may match nothing. */
interface Start {
  readonly first: CharacterSet;
  readonly isNullable: boolean;
}

/** Why the expression is refused, or undefined. */
export function costFault(root: RegexNode): string | undefined {
  if (programBytes(root) > LARGEST_PROGRAM) return 'its counts make it too large when it is compiled';
  const judge: Judge = { ways: 1 };
  judgeNode(judge, root, { next: emptySet, canFail: false, isRepeated: false });
  if (judge.fault !== undefined) return judge.fault;
  return judge.ways > MOST_WAYS
    ? 'too many of its parts can match the same text in different ways, so that one request could keep nginx busy'
    : undefined;
}

interface Judge {
  ways: number;
  fault?: string;
}

function judgeNode(judge: Judge, node: RegexNode, around: Surroundings): void {
  switch (node.kind) {
    case 'byte':
      break;
    case 'end':
    case 'assertion':
      if (around.isRepeated) judge.fault ??= '^, $ and \\b may not stand in a repeated group';
      break;
    case 'lookahead':
      if (around.isRepeated) judge.fault ??= 'a lookahead may not stand in a repeated group';
      judgeNode(judge, node.body, { next: emptySet, canFail: false, isRepeated: false });
      break;
    case 'group':
      judgeNode(judge, node.body, around);
      break;
    case 'sequence':
      judgeSequence(judge, node.items, around);
      break;
    case 'alternatives':
      judgeAlternatives(judge, node.items, around);
      break;
    case 'repeat':
      judgeRepeat(judge, node, around);
  }
}

function judgeSequence(judge: Judge, items: readonly RegexNode[], around: Surroundings): void {
  let { next, canFail } = around;
  for (const item of items.toReversed()) {
    judgeNode(judge, item, { ...around, next, canFail });
    const start = startOf(item);
    next = start.isNullable ? unionOf(start.first, next) : start.first;
    canFail ||= !start.isNullable || item.kind === 'assertion' || item.kind === 'lookahead';
  }
}

function judgeAlternatives(judge: Judge, items: readonly RegexNode[], around: Surroundings): void {
  for (const item of items) judgeNode(judge, item, around);
  const starts = items.map((item) => {
    const start = startOf(item);
    return start.isNullable ? unionOf(start.first, around.next) : start.first;
  });
  const ambiguous = items.filter((item, i) => {
    const start = starts[i] ?? emptySet;
    return items.some((other, j) => {
      if (i === j || !isOverlapping(start, starts[j] ?? emptySet)) return false;
      return around.isRepeated || !isToldApart(item, other);
    });
  });
  if (ambiguous.length === 0) return;
  if (around.isRepeated) judge.fault ??= 'alternatives in a repeated group may begin with the same character';
  else judge.ways *= ambiguous.length;
}

function judgeRepeat(judge: Judge, node: RegexNode & { kind: 'repeat' }, around: Surroundings): void {
  const { body, min, max } = node;
  const start = startOf(body);
  const isLoop = max > 1 && body.kind === 'group';
  if (isLoop && start.isNullable) judge.fault ??= 'a repeated group may match nothing at all';
  const inside = isLoop ? { next: unionOf(start.first, around.next), canFail: true, isRepeated: true } : around;
  judgeNode(judge, body, inside);
  const isAmbiguous = min !== max && isOverlapping(start.first, around.next) && (around.canFail || around.isRepeated);
  if (!isAmbiguous) return;
  if (around.isRepeated) {
    judge.fault ??= 'a repeated group holds a quantifier that can take what the next round begins with';
  } else judge.ways *= max === Infinity ? UNBOUNDED_WAYS : max - min + 1;
}

function startOf(node: RegexNode): Start {
  switch (node.kind) {
    case 'byte':
      return { first: node.set, isNullable: false };
    case 'end':
      return { first: endSet, isNullable: false };
    case 'assertion':
    case 'lookahead':
      return { first: emptySet, isNullable: true };
    case 'group':
      return startOf(node.body);
    case 'repeat': {
      const { first, isNullable } = startOf(node.body);
      return { first, isNullable: isNullable || node.min === 0 };
    }
    case 'sequence':
      return startOfSequence(node.items);
    case 'alternatives': {
      const starts = node.items.map(startOf);
      const first = starts.reduce((union, start) => unionOf(union, start.first), emptySet);
      return { first, isNullable: starts.some(({ isNullable }) => isNullable) };
    }
  }
}

function startOfSequence(items: readonly RegexNode[]): Start {
  let first = emptySet;
  for (const item of items) {
    const start = startOf(item);
    first = unionOf(first, start.first);
    if (!start.isNullable) return { first, isNullable: false };
  }
  return { first, isNullable: true };
}

/** Two alternatives that differ at a fixed place, such as `v1` and `v2`: no text begins with both. */
function isToldApart(a: RegexNode, b: RegexNode): boolean {
  const [left, right] = [leadingSets(a), leadingSets(b)];
  return left.some((set, index) => {
    const other = right[index];
    return other !== undefined && !isOverlapping(set, other);
  });
}

function leadingSets(node: RegexNode): readonly CharacterSet[] {
  if (node.kind === 'byte') return [node.set];
  if (node.kind === 'end') return [endSet];
  if (node.kind !== 'sequence') return [];
  const end = node.items.findIndex((item) => item.kind !== 'byte' && item.kind !== 'end');
  const fixed = end === -1 ? node.items : node.items.slice(0, end);
  return fixed.flatMap(leadingSets);
}

/** An upper bound of the compiled size: a group is compiled again for each of its counted rounds. */
function programBytes(node: RegexNode): number {
  switch (node.kind) {
    case 'byte':
      return 36;
    case 'end':
    case 'assertion':
      return 2;
    case 'lookahead':
    case 'group':
      return 12 + programBytes(node.body);
    case 'sequence':
    case 'alternatives':
      return node.items.reduce((sum, item) => sum + 6 + programBytes(item), 6);
    case 'repeat': {
      const rounds = node.max === Infinity ? node.min + 1 : node.max;
      return node.body.kind === 'group' ? rounds * (12 + programBytes(node.body)) : 8 + programBytes(node.body);
    }
  }
}
