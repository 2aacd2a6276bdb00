import process from 'node:process';
import { runProgram } from '@gatehouse/logging';
import { runCli } from './run-cli.ts';

await runProgram(process, runCli);
