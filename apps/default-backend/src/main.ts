import process from 'node:process';
import { runProgram } from '@gatehouse/logging';
import { runDefaultBackend } from './run.ts';

await runProgram(process, runDefaultBackend);
