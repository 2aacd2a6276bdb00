/**
 * Duty: saying where in a file something stands.
 */

/** A place in a file; line and column count from 1, the column in UTF-16 units. */
export interface Place {
  /** The path as it was given, or below the directory that was given. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a file or directory, so that nothing could be read from it. */
export interface ManifestProblem {
  readonly file: string;
  /** What was found; one sentence without a full stop. */
  readonly message: string;
  /** Left out when the file or directory as a whole is meant. */
  readonly line?: number;
  readonly column?: number;
}

/** The place of a character of `text`, the content of `file`. */
export function placeAt(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line++;
  return { file, line, column: offset - lineStart + 1 };
}

/** `cafe.yaml:12:3: message`, as compilers write it. */
export function describeManifestProblem({ file, line, column, message }: ManifestProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${message}`;
}
