// Runs a script of the workspace on a machine that may have nothing but Node 20 or newer: first the packages (Node 24
// among them), then nginx, then the script itself under Node 24.
//
//   node tools/setup/run.mjs <script> [arguments]
//
// Plain JavaScript without any dependency, since it runs before there is one.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ensureNginx } from './nginx.mjs';
import { BIN, ensurePackages, ROOT } from './packages.mjs';

const OLDEST_NODE = 20;

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    fail(`Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer, then run the command again.`);
  }
}

/** Signals reach the script as well, so that it can end what it has started; its exit code becomes ours. */
function runScript([script, ...args]) {
  const child = spawn(join(BIN, 'node'), [join(ROOT, script), ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}` },
  });
  // A terminal sends Ctrl-C to the script by itself; a second one from us could cut its orderly end short.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => fail(`Cannot start ${script}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

checkNode();
try {
  ensurePackages();
  ensureNginx();
} catch (error) {
  fail(error.message);
}
runScript(process.argv.slice(2));
