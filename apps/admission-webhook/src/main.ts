import process from 'node:process';
import { runProgram } from '@gatehouse/logging';
import { runAdmissionWebhook } from './run.ts';

await runProgram(process, runAdmissionWebhook);
