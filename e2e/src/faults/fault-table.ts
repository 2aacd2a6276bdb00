/**
 * Duty: what can go wrong, what is promised then, and which tests hold the promise. docs/reliability.md is this table.
 */
import { apiServerFaults } from './api-server-faults.ts';
import { changeFaults } from './change-faults.ts';
import type { FaultRow } from './fault-row.ts';
import { nginxFaults } from './nginx-faults.ts';
import { programFaults } from './program-faults.ts';

export const faultSections = [
  { title: 'Changes', rows: changeFaults },
  { title: 'nginx and its machine', rows: nginxFaults },
  { title: 'Our programs and the backends', rows: programFaults },
  { title: 'The API server', rows: apiServerFaults },
] as const satisfies readonly { readonly title: string; readonly rows: readonly FaultRow[] }[];

export type FaultId = (typeof faultSections)[number]['rows'][number]['id'];
