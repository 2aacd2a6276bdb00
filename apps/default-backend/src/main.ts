import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runProgram } from '@gatehouse/logging';
import { runDefaultBackend } from './run.ts';

// Of two compilers for hot code the slower makes the better, and there is little code here: the quicker one would only add
// 8 MiB to what the process holds.
setFlagsFromString('--no-maglev');

await runProgram(process, runDefaultBackend);
