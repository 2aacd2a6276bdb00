import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runProgram } from '@gatehouse/logging';
import { runDefaultBackend } from './run.ts';

// There is little code here that is hot, so that what V8 would do for the speed of much takes memory for nothing: the quicker of
// its two compilers for hot code, and room to grow. Together that is 15 MiB of what the process holds.
setFlagsFromString('--no-maglev');
setFlagsFromString('--optimize-for-size');

await runProgram(process, runDefaultBackend);
