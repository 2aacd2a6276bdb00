import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger, type LogFormat, type LogLevel } from './create-logger.ts';

function record(format: LogFormat, { level = 'info', isTTY = false }: { level?: LogLevel; isTTY?: boolean } = {}) {
  const lines: string[] = [];
  const logger = createLogger({ format, level, destination: { isTTY, write: (line) => lines.push(line) } });
  return { lines, logger };
}

describe('the JSON form', () => {
  it('is one object a line, with time, level, message and the data beside them', () => {
    const { lines, logger } = record('json');
    logger.info('listening', { port: 8080, host: '::1' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{[^\n]*\}\n$/);
    const line = JSON.parse(lines[0]!);
    expect(line).toEqual({ level: 'info', time: line.time, message: 'listening', port: 8080, host: '::1' });
    expect(Math.abs(Date.parse(line.time) - Date.now())).toBeLessThan(10_000);
  });

  it('lets no data take the place of the line’s own fields', () => {
    const { lines, logger } = record('json');
    logger.warn('real', { message: 'forged', level: 'debug', time: 'never' });
    expect(JSON.parse(lines[0]!)).toMatchObject({ message: 'real', level: 'warn', message_: 'forged' });
    expect(lines[0]!.match(/"message"/g)).toHaveLength(1);
  });

  it('shows an error with its stack and its causes', () => {
    const { lines, logger } = record('json');
    logger.error('failed', { error: new Error('outer', { cause: new TypeError('inner') }) });
    const { error } = JSON.parse(lines[0]!);
    expect(error).toMatchObject({ name: 'Error', message: 'outer', cause: { name: 'TypeError', message: 'inner' } });
    expect(error.stack).toContain('create-logger.spec');
  });
});

describe('the text form', () => {
  it('is one readable line', () => {
    const { lines, logger } = record('text');
    logger.warn('not so good', { host: 'a.example.com', reason: 'two words', count: 2, list: ['x'] });
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}not so good host=a.example.com reason="two words" count=2 list=\["x"\]\n$/,
    );
  });

  it('stays one line without terminal commands, whatever the values hold', () => {
    const { lines, logger } = record('text', { level: 'debug' });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, value) => {
        lines.length = 0;
        logger.debug(value, { [name]: value });
        expect(lines).toHaveLength(1);
        expect(lines[0]!.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
      }),
    );
  });
});

describe('a logger', () => {
  it.each([
    ['text on a terminal', true, /^\d\d:/],
    ['JSON elsewhere', false, /^\{/],
  ])('writes %s when the format is auto', (_, isTTY, form) => {
    const { lines, logger } = record('auto', { isTTY });
    logger.info('hello');
    expect(lines[0]).toMatch(form);
  });

  it.each<[LogLevel, number]>([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ])('at level %s writes %d of the four levels', (level, count) => {
    const { lines, logger } = record('json', { level });
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    expect(lines).toHaveLength(count);
  });

  it.each<[string, unknown]>([
    ['a property that refers to itself', makeCircle()],
    ['a function, a symbol and a large number', { f: () => 1, s: Symbol('x'), n: 12n }],
    ['an invalid date', new Date(Number.NaN)],
    ['nothing', undefined],
  ])('writes a line for %s', (_, value) => {
    const { lines, logger } = record('json');
    logger.info('odd', { value });
    expect(JSON.parse(lines[0]!)).toMatchObject({ message: 'odd' });
  });
});

function makeCircle(): object {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  return circle;
}

describe('secrets', () => {
  const marker = 'hunter2-hunter2';
  const pem = `-----BEGIN EC PRIVATE KEY-----\n${marker}\n-----END EC PRIVATE KEY-----`;

  it.each<[string, Record<string, unknown>]>([
    ['a Secret as we hold it', { object: { kind: 'Secret', data: new Map([['a', marker]]) } }],
    ['a Secret as the API writes it', { object: { kind: 'Secret', metadata: {}, stringData: { a: marker } } }],
    ['a private key in a text', { value: `before ${pem}` }],
    ['a private key in the message of an error', { error: new Error(pem) }],
    ['a private key in the cause of an error', { error: new Error('x', { cause: new Error(pem) }) }],
    ['a password by its name', { password: marker }],
    ['a header by its name', { headers: { Authorization: marker, 'set-cookie': marker } }],
    ['a token in a Map', { map: new Map([['apiToken', marker]]) }],
    ['a Secret deep inside', { a: [{ b: { kind: 'Secret', data: { c: marker } } }] }],
  ])('are not written when the data holds %s', (_, data) => {
    for (const format of ['json', 'text'] as const) {
      const { lines, logger } = record(format);
      logger.info('data', data);
      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toContain(marker);
    }
  });

  it('leave only their length of bytes', () => {
    const { lines, logger } = record('json');
    logger.info('data', { value: new TextEncoder().encode(marker) });
    expect(JSON.parse(lines[0]!).value).toBe('[15 bytes]');
  });

  it('may be named, since a name gives nothing away', () => {
    const { lines, logger } = record('json');
    logger.info('missing', { object: { kind: 'Secret', namespace: 'a', name: 'b' } });
    expect(JSON.parse(lines[0]!).object).toEqual({ kind: 'Secret', namespace: 'a', name: 'b' });
  });
});
