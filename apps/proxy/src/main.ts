import process from 'node:process';
import { runProgram } from '@gatehouse/logging';
import { runProxy } from './run-proxy.ts';

await runProgram(process, runProxy);
