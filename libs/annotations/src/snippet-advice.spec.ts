import { describe, expect, it } from '@jest/globals';
import { adviseOnSnippet } from './snippet-advice.ts';

describe('the advice on a snippet', () => {
  it.each([
    [
      'deny 10.0.0.0/8;\nallow all;',
      'remove it, and use allowlist-source-range, denylist-source-range for what it does',
    ],
    ['location /x { rewrite ^ /y; }', 'remove it, and use rewrite-target for what it does'],
    ['lua_code_cache off;', 'remove it, and use the typed annotations'],
    ['', 'remove it, and use the typed annotations'],
    [' '.repeat(1_000_000) + 'deny all;', 'remove it, and use the typed annotations'],
  ])('on %.40j is: %s', (snippet, advice) => {
    expect(adviseOnSnippet(snippet)).toBe(advice);
  });
});
