/**
 * Duty: the forms in which findings are told. Pure.
 */
import { oneLine } from '../one-line.ts';
import { remedyOf, type Finding } from './finding.ts';
import { renderSarif } from './sarif.ts';

export type ReportFormat = 'json' | 'sarif' | 'text';

export interface Report {
  readonly findings: readonly Finding[];
  /** All that were read, and how many of them are ours by class and namespace. */
  readonly ingresses: { readonly found: number; readonly served: number };
  /** How many objects, of any kind, could not be read, or not all of them. */
  readonly malformedObjects: number;
}

/** The whole report, with a line break at its end. */
export function renderReport(format: ReportFormat, report: Report): string {
  switch (format) {
    case 'text':
      return renderText(report);
    case 'json':
      return renderJson(report);
    case 'sarif':
      return renderSarif(report.findings);
  }
}

/** A line for each finding, what to do about each code, and the sum. */
function renderText({ findings, ingresses, malformedObjects }: Report): string {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const remedies = codes.map((code) => `  ${code}: ${remedyOf(code)}`);
  const others = ingresses.found - ingresses.served;
  const { errors, warnings } = count(findings);
  const sum =
    `${plural(errors, 'error')}, ${plural(warnings, 'warning')} in ${plural(ingresses.served, 'Ingress', 'Ingresses')}` +
    (others === 0 ? '' : `; ${others} more ${others === 1 ? 'is' : 'are'} not ours by class or namespace`) +
    (malformedObjects === 0 ? '' : `; ${plural(malformedObjects, 'object')} could not be read as a whole`);
  const lines = [...findings.map(describeFinding), ...(remedies.length === 0 ? [] : ['What to do:', ...remedies]), sum];
  return lines.map((line) => `${line}\n`).join('');
}

function describeFinding({ severity, code, message, object, field, file, line, column }: Finding): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const words = [place, severity, object, field].filter((part) => part !== '');
  return oneLine(`${words.join(': ')}: ${message} (${code})`);
}

function renderJson({ findings, ingresses, malformedObjects }: Report): string {
  const withRemedies = findings.map((finding) => ({ ...finding, remedy: remedyOf(finding.code) }));
  return `${JSON.stringify({ ...count(findings), ingresses, malformedObjects, findings: withRemedies }, null, 2)}\n`;
}

function count(findings: readonly Finding[]): { readonly errors: number; readonly warnings: number } {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: findings.length - errors };
}

function plural(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
