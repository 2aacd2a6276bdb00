/**
 * Duty: a JSON log line as a line for people. Whatever the values hold, it stays one line and sends no terminal command.
 */

const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const PLAIN_VALUE = /^[\w.:/@+,-]+$/;

/** `12:30:01.123 INFO  listening port=8080`; the time is UTC. */
export function formatLine(jsonLine: string): string {
  const { time, level, message, ...rest } = JSON.parse(jsonLine) as Record<string, unknown>;
  const clock = String(time).slice(11, 23);
  const pairs = Object.entries(rest).map(([name, value]) => ` ${escapeControls(name)}=${formatValue(value)}`);
  return `${clock} ${String(level).toUpperCase().padEnd(5)} ${escapeControls(String(message))}${pairs.join('')}\n`;
}

function formatValue(value: unknown): string {
  if (typeof value === 'string' && PLAIN_VALUE.test(value)) return value;
  return escapeControls(JSON.stringify(value));
}

function escapeControls(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
