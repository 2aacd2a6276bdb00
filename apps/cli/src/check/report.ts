/**
 * Duty: the forms in which findings are told. Pure.
 */
import { problemTable } from '@gatehouse/core';
import { FILE_UNREADABLE, type Finding } from './finding.ts';

export type ReportFormat = 'json' | 'sarif' | 'text';

/** The whole report, with a line break at its end. */
export function renderReport(format: ReportFormat, findings: readonly Finding[]): string {
  switch (format) {
    case 'text':
      return renderText(findings);
    case 'json':
      return `${JSON.stringify({ findings }, null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(toSarif(findings), null, 2)}\n`;
  }
}

function renderText(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const lines = findings.map(({ severity, code, message, object, field, file, line, column }) => {
    const place = file === undefined ? '' : `${[file, line, column].filter((part) => part !== undefined).join(':')}: `;
    const subject = [object, field].filter((part) => part !== '').join(': ');
    return `${place}${severity}: ${subject === '' ? '' : `${subject}: `}${message} (${code})`;
  });
  const sum = `${errors} ${errors === 1 ? 'error' : 'errors'}, ${findings.length - errors} ${findings.length - errors === 1 ? 'warning' : 'warnings'}`;
  return `${[...lines, sum].join('\n')}\n`;
}

/** SARIF 2.1.0 (OASIS), which code-scanning services read. */
function toSarif(findings: readonly Finding[]): object {
  const rules = [...new Set(findings.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'gatehouse', rules: rules.map(toRule) } },
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: rules.indexOf(finding.code),
          level: finding.severity,
          message: { text: [finding.object, finding.field, finding.message].filter((part) => part !== '').join(': ') },
          locations: finding.file === undefined ? [] : [toLocation(finding.file, finding)],
        })),
      },
    ],
  };
}

function toRule(id: string): object {
  if (id === FILE_UNREADABLE) {
    return { id, shortDescription: { text: 'The file cannot be read as YAML.' }, help: { text: 'Correct the file.' } };
  }
  const { summary, remedy } = problemTable[id as keyof typeof problemTable];
  return { id, shortDescription: { text: summary }, help: { text: remedy } };
}

function toLocation(file: string, { line, column }: Finding): object {
  const region = line === undefined ? {} : { region: { startLine: line, startColumn: column ?? 1 } };
  return { physicalLocation: { artifactLocation: { uri: encodeURI(file) }, ...region } };
}
