/**
 * Duty: a template that cannot be used.
 */

/** The message completes "The template …"; `line` counts from 1. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}
