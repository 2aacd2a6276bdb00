/**
 * Duty: what `gatehouse --version` prints: our version, and that of the nginx which the commands would find.
 */
import { findNginx, readCapabilities } from '@gatehouse/nginx-process';
// The bundle takes it in, so that one file is enough.
import manifest from '../package.json' with { type: 'json' };

/** One line. `searchPath` is where nginx is looked for. */
export async function describeVersion(searchPath: string): Promise<string> {
  return `gatehouse ${manifest.version} (${await describeNginx(searchPath)})\n`;
}

async function describeNginx(searchPath: string): Promise<string> {
  const binary = await findNginx({ named: '', searchPath });
  if (!binary.ok) return 'no nginx found';
  try {
    const { version } = await readCapabilities(binary.value);
    return `nginx ${version}, ${binary.value}`;
  } catch {
    return `${binary.value} is no nginx`;
  }
}
