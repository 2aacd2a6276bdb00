// Makes the bundle of one app: `node tools/build/bundle.ts apps/cli`. One file that needs Node and nothing else.
import { createRequire } from 'node:module';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { BUDGETS_KIB } from './budgets.ts';

const workspaceRoot = resolve(import.meta.dirname, '../..');

/** CommonJS packages inside an ES module still ask for Node's own modules with `require`. */
const REQUIRE =
  "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);";

/**
 * Of the client of Kubernetes only the reader of kubeconfigs is used, which asks for two functions of the generated API.
 * Without a word on that, all of the API would come along: 6 MB that every start reads.
 */
const kubeconfigAlone: Plugin = {
  name: 'kubeconfig-alone',
  setup({ onResolve }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, ({ resolveDir }) => ({
      path: createRequire(join(resolveDir, '_')).resolve('@kubernetes/client-node/dist/config.js'),
    }));
    onResolve({ filter: /^\.\.?\// }, ({ path, importer, resolveDir }) =>
      importer.includes('/@kubernetes/client-node/dist/') ? { path: join(resolveDir, path), sideEffects: false } : null,
    );
  },
};

/**
 * Of express: its readers of bodies, which nobody here uses and which hold tables of all charsets; and one table of media types
 * instead of one for each package that asks for it. Both would be half of a small program's memory.
 */
const expressAlone: Plugin = {
  name: 'express-alone',
  setup({ onResolve, onLoad }) {
    const fromExpress = createRequire(createRequire(join(workspaceRoot, 'libs/http/_')).resolve('express'));
    onResolve({ filter: /^mime-types$/ }, () => ({ path: fromExpress.resolve('mime-types') }));
    onResolve({ filter: /^body-parser$/ }, () => ({ path: 'body-parser', namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * An `import` of node:http looks at all that is in it, its WebSocket too, and with that comes the whole of undici: 6 MiB that
 * nobody here uses. `require` looks at what is asked for.
 */
const httpAlone: Plugin = {
  name: 'http-alone',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:http$/ }, ({ kind, path }) =>
      kind === 'import-statement' ? { path, namespace: 'required' } : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};

/** Threads that a bundle starts: their modules stand beside it, since a thread begins with a file of its own. */
const THREADS: Readonly<Record<string, string>> = {
  'libs/endpoint-dns/src/start-endpoint-dns.ts': 'libs/endpoint-dns/src/dns-thread.ts',
};

async function bundle(projectRoot: string): Promise<string> {
  const folder = join(workspaceRoot, 'dist', projectRoot);
  const outfile = join(folder, 'main.mjs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    ...SHARED,
    entryPoints: [join(projectRoot, 'src/main.ts')],
    outfile,
    metafile: true,
  });
  for (const [starter, thread] of Object.entries(THREADS)) {
    if (!(starter in metafile.inputs)) continue;
    await build({ ...SHARED, entryPoints: [thread], outfile: join(folder, `${basename(thread, '.ts')}.mjs`) });
  }
  return outfile;
}

const SHARED = {
  absWorkingDir: workspaceRoot,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  banner: { js: REQUIRE },
  define: { 'process.env.NODE_ENV': '"production"' },
  // Names stay as they are, so that a stack trace still says something.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'external',
  logLevel: 'warning',
  plugins: [kubeconfigAlone, expressAlone, httpAlone],
} as const satisfies BuildOptions;

function checkBudget(app: string, outfile: string): void {
  const budget = BUDGETS_KIB[app];
  const size = Math.ceil(statSync(outfile).size / 1024);
  if (budget === undefined) throw new Error(`${app} has no size budget in tools/build/budgets.ts`);
  if (size > budget)
    throw new Error(`${app} is ${size} KiB, over its budget of ${budget} KiB in tools/build/budgets.ts`);
  console.log(`${app}: ${size} KiB of ${budget} KiB`);
}

try {
  const [projectRoot] = process.argv.slice(2);
  if (projectRoot === undefined) throw new Error('Which app? For example: node tools/build/bundle.ts apps/cli');
  checkBudget(basename(projectRoot), await bundle(projectRoot));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
