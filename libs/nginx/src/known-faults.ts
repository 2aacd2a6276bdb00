/**
 * Duty: faults of nginx itself that a tenant's Ingress could use, and the version that mended each.
 */
import type { NginxCapabilities } from './capabilities.ts';
import { isAtLeast, parseVersion, type Version } from './version.ts';

interface KnownFault {
  readonly cve: string;
  readonly fixedIn: Version;
}

/** Those that rules, expressions and headers of an Ingress lead to: a worker that crashes, perhaps code that is run. */
const KNOWN_FAULTS: readonly KnownFault[] = [
  { cve: 'CVE-2026-42945', fixedIn: [1, 30, 1] },
  { cve: 'CVE-2026-9256', fixedIn: [1, 30, 2] },
  { cve: 'CVE-2026-42055', fixedIn: [1, 30, 3] },
  { cve: 'CVE-2026-42533', fixedIn: [1, 30, 4] },
  { cve: 'CVE-2026-60005', fixedIn: [1, 30, 4] },
];

const SAFE_VERSION = '1.30.4';

/** One sentence about the faults of this version, and what to do; undefined when none is known. */
export function describeKnownFaults({ version }: NginxCapabilities): string | undefined {
  const running = parseVersion(version);
  if (running === undefined) return undefined;
  const open = KNOWN_FAULTS.filter(({ fixedIn }) => !isAtLeast(running, fixedIn)).map(({ cve }) => cve);
  if (open.length === 0) return undefined;
  return (
    `nginx ${version} is older than ${SAFE_VERSION}: unless its vendor has mended ${open.join(', ')} in it, ` +
    `an Ingress or a client can crash its workers or worse; take nginx ${SAFE_VERSION} or later`
  );
}
