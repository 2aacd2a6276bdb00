import { runCli } from './run-cli.ts';

const end = new AbortController();
// npm passes on a signal that a terminal has delivered already, so a second one means nothing new.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => end.abort());
process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: end.signal,
});
