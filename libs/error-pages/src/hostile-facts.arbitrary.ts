/**
 * Duty: a brand, an error, and whatever could be in their place, for the specs of pages.
 */
import fc from 'fast-check';
import type { Brand } from './brand/brand.ts';
import { defaultBrand } from './brand/default-brand.ts';
import type { ErrorFacts } from './error-facts.ts';

export const brand: Brand = {
  ...defaultBrand,
  name: 'Cafe',
  links: [{ label: 'Menu & more', url: 'https://cafe.example/menu?a=1&b=2' }],
  contact: { email: 'help@cafe.example', phone: '+43 (1) 23', url: 'https://help.cafe.example', text: 'We are here.' },
};
export const details = {
  host: 'tea.example',
  uri: '/tea?cup=1',
  namespace: 'tea',
  ingress: 'tea-web',
  service: 'pot',
  servicePort: '80',
};
export const facts: ErrorFacts = { status: 404, reason: 'no-path', reference: 'abc-1', details };
export const detail = 'This site has nothing at this path. Check the address for typing errors.';

export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  fc.constantFrom(
    '</title><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' style='color:red",
    '{{{style}}}',
    '{{#details}}',
    '&lt;&#0;',
    ']]>',
    '<!--',
    '\ufdd00\ufdd01',
    '$&$1',
    'x'.repeat(20_000),
  ),
);
export const anyFacts: fc.Arbitrary<ErrorFacts> = fc.record({
  status: fc.integer({ min: 400, max: 599 }),
  reference: anyText.filter((text) => text !== ''),
  details: fc
    .record({ host: anyText, uri: anyText, namespace: anyText })
    .filter((all) => !Object.values(all).includes('')),
});
