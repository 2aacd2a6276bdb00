/**
 * Measures what was promised: `npm run bench -- AREA …`. Prints a row for each figure and exits with 1 when one falls
 * short.
 */
import { cpus, release } from 'node:os';
import { measureAdmission } from './admission/measure-admission.ts';
import { fallsShort, renderRow, TABLE_HEAD, type Measured } from './figure.ts';
import { measureDataplane } from './dataplane/measure-dataplane.ts';
import { measureFaults } from './faults/measure-faults.ts';
import { measureCluster } from './cluster/measure-cluster.ts';
import { measurePages } from './pages/measure-pages.ts';
import { measureRender } from './render/measure-render.ts';
import { measureScale } from './scale/measure-scale.ts';

const AREAS: Readonly<Record<string, (() => AsyncIterable<Measured>) | undefined>> = {
  render: measureRender,
  cluster: measureCluster,
  admission: measureAdmission,
  dataplane: measureDataplane,
  pages: measurePages,
  scale: measureScale,
  faults: measureFaults,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => AREAS[name] === undefined);
if (names.length === 0 || unknown.length > 0) {
  console.error(`Usage: npm run bench -- AREA …\n\nAreas: ${Object.keys(AREAS).join(', ')}`);
  process.exit(names.includes('--help') || names.includes('-h') ? 0 : 2);
}
console.log(`Node ${process.versions.node}, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}\n`);
console.log(TABLE_HEAD);
let short = 0;
for (const name of names) {
  for await (const measured of AREAS[name]?.() ?? []) {
    console.log(renderRow(measured));
    if (fallsShort(measured)) short += 1;
  }
}
process.exitCode = short === 0 ? 0 : 1;
