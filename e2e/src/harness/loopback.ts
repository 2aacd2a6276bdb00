/**
 * Duty: servers and requests of a test on loopback, and how many connections there were.
 */
import { readFileSync } from 'node:fs';
import { request, type RequestOptions, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How many connections this network of the machine has begun so far. */
export function connectionsBegun(): number {
  const [keys = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'));
  return Number(values.split(' ')[keys.split(' ').indexOf('ActiveOpens')]);
}

/** Resolves with the port, which is a free one. */
export function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, address, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The body of the answer. */
export function get(where: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ ...where, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.once('close', () => resolve(text));
    });
    asking.once('error', reject);
    asking.end();
  });
}
