// `npm run screenshots`: writes docs/screenshots/*.webp, how the error pages look in a real Chromium.
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { PageBrowser } from './page-browser.ts';
import type { ShownPage } from './shown-pages.ts';

const FOLDER = join(import.meta.dirname, '../../../docs/screenshots');

/** Pictures stay in the history for ever. */
const MOST_BYTES = 400 * 1_024;

interface Screenshot extends ShownPage {
  readonly name: string;
  readonly options: BrowserContextOptions;
  readonly media?: 'print';
}

const wide = { viewport: { width: 1_200, height: 760 } };
const narrow = { viewport: { width: 320, height: 640 }, deviceScaleFactor: 2 };
const paper = { viewport: { width: 794, height: 700 } };

const plain = { language: 'en', shown: 'plain' } as const;
const full = { language: 'en', shown: 'full' } as const;

const SCREENSHOTS: readonly Screenshot[] = [
  { ...plain, design: 'card', name: 'card-light', options: wide },
  { ...plain, design: 'card', language: 'de', name: 'card-dark', options: { ...wide, colorScheme: 'dark' } },
  {
    ...full,
    design: 'card',
    language: 'fr',
    name: 'card-details',
    options: { viewport: { width: 1_200, height: 1_050 } },
  },
  { ...plain, design: 'card', language: 'ar', name: 'card-right-to-left', options: wide },
  { ...full, design: 'card', language: 'ja', name: 'card-320', options: narrow },
  { ...plain, design: 'split', language: 'es', name: 'split-light', options: wide },
  { ...plain, design: 'split', name: 'split-dark', options: { ...wide, colorScheme: 'dark' } },
  { ...plain, design: 'split', language: 'ar', name: 'split-right-to-left', options: wide },
  { ...plain, design: 'split', language: 'hi', name: 'split-320', options: narrow },
  { ...plain, design: 'letter', name: 'letter-light', options: wide },
  { ...plain, design: 'letter', language: 'pt', name: 'letter-dark', options: { ...wide, colorScheme: 'dark' } },
  { ...full, design: 'letter', language: 'zh', name: 'letter-320', options: { ...narrow, colorScheme: 'dark' } },
  { ...full, design: 'letter', language: 'de', name: 'letter-print', options: paper, media: 'print' },
];

/** The whole page, also what is below the fold. */
async function capture(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  const width = page.viewportSize()?.width ?? 0;
  await page.setViewportSize({ width, height });
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  return Buffer.from(data, 'base64');
}

const browser = await PageBrowser.start();
try {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  let bytes = 0;
  for (const { name, options, media, ...shownPage } of SCREENSHOTS) {
    const { page, show, close } = await browser.open({ ...options, reducedMotion: 'reduce' });
    await show(shownPage);
    if (media === 'print') await page.emulateMedia({ media });
    const file = join(FOLDER, `error-page-${name}.webp`);
    writeFileSync(file, await capture(page));
    bytes += statSync(file).size;
    await close();
  }
  if (bytes > MOST_BYTES) throw new Error(`The screenshots have ${bytes} bytes; at most ${MOST_BYTES} are allowed`);
  console.log(`${SCREENSHOTS.length} screenshots, ${Math.ceil(bytes / 1024)} KiB, in ${FOLDER}`);
} finally {
  await browser.close();
}
