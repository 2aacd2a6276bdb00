/**
 * Duty: the error pages that are looked at in a browser: those of a made-up brand, with everything that a page can have.
 */
import {
  defaultBrand,
  DESIGNS,
  prepareBrand,
  type Brand,
  type Design,
  type ErrorFacts,
  type Language,
  type PreparedBrand,
} from '@gatehouse/error-pages';

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 212 48"><style>g{fill:none;stroke:#b4531a;stroke-width:3;\
stroke-linecap:round}text{font:600 22px Georgia,serif;fill:#20242c}@media(prefers-color-scheme:dark){g{stroke:#f0a36b}\
text{fill:#f1f3f6}}</style><g><path d="M6 20h26v8a13 13 0 0 1-26 0z"/><path d="M32 22h4a5 5 0 0 1 0 11h-5"/>\
<path d="M14 13q-3-4 0-8M24 13q-3-4 0-8"/></g><text x="52" y="32">Café Meridian</text></svg>`;

const company: Brand = {
  ...defaultBrand,
  name: 'Café Meridian',
  links: [
    { label: 'cafe.example', url: 'https://cafe.example/' },
    { label: 'status.cafe.example', url: 'https://status.cafe.example/' },
  ],
  contact: { email: 'help@cafe.example', phone: '+43 1 234 56 78' },
};

/** What a page shows: `plain` is what most readers see, `full` has everything, `long` the longest texts of it. */
type Shown = 'plain' | 'full' | 'long';

export interface ShownPage {
  readonly design: Design;
  readonly language: Language;
  readonly shown: Shown;
}

const reference = '4bf92f3577b34da6a3ce929d0e0e4736';

const facts: Readonly<Record<Shown, ErrorFacts>> = {
  plain: { status: 404, reason: 'no-path', reference },
  full: {
    status: 503,
    reason: 'no-endpoints',
    reference,
    details: {
      host: 'shop.cafe.example',
      uri: '/orders/2026/november?beans=arabica',
      namespace: 'shop',
      ingress: 'shop-web',
      service: 'orders',
      servicePort: '8080',
    },
  },
  long: {
    status: 431,
    reference: 'W'.repeat(200),
    details: { host: `${'x'.repeat(63)}.example`, uri: `/${'%20'.repeat(80)}`, namespace: 'n'.repeat(63) },
  },
};

const decorated: Brand = {
  ...company,
  logo: `data:image/svg+xml,${encodeURIComponent(logo)}`,
  contact: { ...company.contact, url: 'https://help.cafe.example/', text: '08:00 – 18:00' },
};

const brands: Readonly<Record<Shown, ReadonlyMap<Design, PreparedBrand>>> = {
  plain: prepareInAllDesigns(company),
  full: prepareInAllDesigns(decorated),
  long: prepareInAllDesigns({
    ...decorated,
    links: [{ label: 'L'.repeat(60), url: 'https://cafe.example/' }],
    contact: { email: `${'e'.repeat(60)}@cafe.example`, text: 'T'.repeat(200) },
  }),
};

function prepareInAllDesigns(brand: Brand): ReadonlyMap<Design, PreparedBrand> {
  return new Map(DESIGNS.map((design) => [design, prepareBrand({ ...brand, design })]));
}

export function renderShownPage({ design, language, shown }: ShownPage): string {
  const pages = brands[shown].get(design);
  if (pages === undefined) throw new Error(`There is no design ${design}`);
  return pages.renderPage(facts[shown], { format: 'text/html', language });
}
