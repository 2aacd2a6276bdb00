/**
 * Duty: findings as SARIF 2.1.0 (OASIS), which code-scanning services read. The parts that it names are in section 3.
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { remedyOf, summaryOf, type Finding } from './finding.ts';

/** One log with one run, with a line break at its end. */
export function renderSarif(findings: readonly Finding[]): string {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'gatehouse', rules: codes.map(toRule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => toResult(finding, codes.indexOf(finding.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toRule(code: Finding['code']): object {
  return { id: code, shortDescription: { text: summaryOf(code) }, help: { text: remedyOf(code) } };
}

function toResult({ code, severity, object, field, message, ...place }: Finding, ruleIndex: number): object {
  const words = [object, field, message].filter((part) => part !== '');
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: words.join(': ') },
    locations: place.file === undefined ? [] : [toLocation(place.file, place)],
  };
}

function toLocation(file: string, { line, column }: Pick<Finding, 'column' | 'line'>): object {
  const region = line === undefined ? {} : { region: { startLine: line, startColumn: column ?? 1 } };
  return { physicalLocation: { artifactLocation: { uri: toUri(file) }, ...region } };
}

/** Relative to the working directory for what is below it, as services want it; a file URL for anything else. */
function toUri(file: string): string {
  const way = relative('', resolve(file));
  if (isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`)) return `file://${encodePath(resolve(file))}`;
  return way === '' ? '.' : encodePath(way);
}

/** What a URL of WHATWG lets stand, as brackets, RFC 3986 does not: nothing but what is always a plain character stays. */
function encodePath(path: string): string {
  return path.split(sep).map(encodeURIComponent).join('/');
}
