import process from 'node:process';
import { runProgram } from '@gatehouse/logging';
import { runController } from './run-controller.ts';

await runProgram(process, runController);
