/**
 * Duty: what the preview answers: the gallery, and each page that it shows.
 */
import type { RequestListener, ServerResponse } from 'node:http';
import { prepareBrand, type Brand, type PreparedBrand, type PreparedBrands } from '@gatehouse/error-pages';
import { galleryPolicy, renderGallery } from './preview-gallery.ts';
import { parseChoice, type PreviewChoice } from './preview-choice.ts';

/** What there is to show at this moment. */
export interface PreviewState {
  readonly brands: PreparedBrands;
  readonly problems: readonly string[];
}

const sampleReference = '4bf92f3577b34da6a3ce929d0e0e4736';

export function createPreviewApp(state: () => PreviewState): RequestListener {
  const redesigned = new WeakMap<PreparedBrand, Map<Brand['design'], PreparedBrand>>();
  return (request, response) => {
    const { pathname, searchParams } = readUrl(request.url ?? '/');
    const { brands, problems } = state();
    const choice = parseChoice(searchParams, brands);
    if (pathname === '/') {
      send(response, { type: 'text/html', policy: galleryPolicy, text: renderGallery({ brands, problems, choice }) });
    } else if (pathname === '/page') {
      const pages = withDesign(brands.select(choice), choice.design, redesigned);
      send(response, pageAnswer(pages, choice));
    } else {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('There is only / and /page here.\n');
    }
  };
}

interface Answer {
  readonly type: string;
  readonly policy: string;
  readonly text: string;
}

function pageAnswer(pages: PreparedBrand, { status, reason, language, format, details }: PreviewChoice): Answer {
  const text = pages.renderPage({ status, reason, reference: sampleReference, details }, { format, language });
  const policy = `default-src 'none'; style-src ${pages.styleSource}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;
  // What is no HTML is shown as text: a browser would save some formats as files.
  return { type: format === 'text/html' ? format : 'text/plain', policy, text };
}

function send(response: ServerResponse, { type, policy, text }: Answer): void {
  response.writeHead(200, {
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(text);
}

function withDesign(
  pages: PreparedBrand,
  design: Brand['design'] | undefined,
  redesigned: WeakMap<PreparedBrand, Map<Brand['design'], PreparedBrand>>,
): PreparedBrand {
  if (design === undefined || design === pages.brand.design) return pages;
  const known = redesigned.get(pages) ?? new Map<Brand['design'], PreparedBrand>();
  const other = known.get(design) ?? prepareBrand({ ...pages.brand, design });
  redesigned.set(pages, known.set(design, other));
  return other;
}

function readUrl(url: string): URL {
  return URL.parse(url, 'http://preview') ?? new URL('http://preview/none');
}
