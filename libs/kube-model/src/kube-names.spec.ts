import { describe, expect, it } from '@jest/globals';
import { isDnsLabel, isDnsSubdomain } from './kube-names.ts';

const LABEL_63 = 'a'.repeat(63);

describe('names of objects', () => {
  it.each(['a', '0', 'tea-svc', 'a--b', LABEL_63])('may be %s, a label and a subdomain', (name) => {
    expect([isDnsLabel(name), isDnsSubdomain(name)]).toEqual([true, true]);
  });

  it.each(['a.b', 'cafe.example.com', `${LABEL_63}a`, Array(126).fill('a').join('.')])(
    'may be %s, a subdomain only',
    (name) => {
      expect([isDnsLabel(name), isDnsSubdomain(name)]).toEqual([false, true]);
    },
  );

  it.each(['', '-a', 'a-', 'A', 'a_b', 'a/b', '..', 'a..b', '.a', 'a.', 'a\n', '\na', 'ä', 'a b', 'a'.repeat(254)])(
    'may not be %j',
    (name) => {
      expect([isDnsLabel(name), isDnsSubdomain(name)]).toEqual([false, false]);
    },
  );
});
