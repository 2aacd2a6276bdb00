import { DESIGNS, LANGUAGES } from '@gatehouse/error-pages';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { PageBrowser } from './error-pages/page-browser.ts';

let browser: PageBrowser;
beforeAll(async () => {
  browser = await PageBrowser.start();
});
afterAll(() => browser.close());

const SCHEMES = ['light', 'dark'] as const;
const SHOWN = ['plain', 'full', 'long'] as const;

/** What axe finds wrong, with the places; the best practices besides WCAG among it. */
async function auditOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** How much wider than the window the page is, and what stands out of it at its sides. */
function overflowOf(page: Page): Promise<{ readonly px: number; readonly elements: readonly string[] }> {
  return page.evaluate(`({
    px: document.documentElement.scrollWidth - innerWidth,
    elements: [...document.body.querySelectorAll('*:not(.status)')].filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return left < -0.5 || right > innerWidth + 0.5;
    }).map(({ outerHTML }) => outerHTML),
  })`);
}

function styleOf(page: Page, selector: string, property: string): Promise<string> {
  return page.evaluate(`getComputedStyle(document.querySelector('${selector}')).getPropertyValue('${property}')`);
}

describe.each(DESIGNS)('error pages in the design %s', (design) => {
  it.each(SCHEMES)('are accessible in every language, %s, wide and narrow', async (colorScheme) => {
    const { page, show, close } = await browser.open({ colorScheme, reducedMotion: 'reduce' });
    for (const [index, language] of LANGUAGES.entries()) {
      const shown = SHOWN[index % SHOWN.length] ?? 'full';
      await page.setViewportSize({ width: shown === 'plain' ? 1_280 : 320, height: 720 });
      for (const each of new Set([shown, 'full'] as const)) {
        await show({ design, language, shown: each });
        expect([language, each, ...(await auditOf(page))]).toEqual([language, each]);
      }
    }
    await close();
  });

  it('fit into every width in every language, and need no scrolling to the side', async () => {
    const { page, show, close } = await browser.open({ reducedMotion: 'reduce' });
    for (const language of LANGUAGES) {
      for (const shown of SHOWN) {
        await show({ design, language, shown });
        for (const width of [320, 600, 1_024, 2_560]) {
          await page.setViewportSize({ width, height: 640 });
          expect([width, language, await overflowOf(page)]).toEqual([width, language, { px: 0, elements: [] }]);
        }
      }
    }
    await close();
  });

  it('make the browser ask for nothing, and have their style all the same', async () => {
    const { page, asked, show, close } = await browser.open();
    await show({ design, language: 'en', shown: 'full' });
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([page.url()]);
    expect(await page.evaluate('document.styleSheets.length')).toBe(1);
    expect(await styleOf(page, 'body', 'margin')).toBe('0px');
    expect(await page.evaluate('document.querySelector("img").naturalWidth > 0')).toBe(true);
    await close();
  });

  it('run no script that somebody gets into them', async () => {
    const { page, show, close } = await browser.open();
    await show({ design, language: 'en', shown: 'full' });
    const ran = `(() => {
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }));
      document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.ran = 2">');
      return new Promise((resolve) => setTimeout(() => resolve(window.ran ?? 0), 100));
    })()`;
    expect(await page.evaluate(ran)).toBe(0);
    await close();
  });

  it('show where the keyboard is, in the order of the page', async () => {
    const { page, show, close } = await browser.open();
    await show({ design, language: 'en', shown: 'full' });
    const visited: string[] = [];
    for (let step = 0; step < 6; step += 1) {
      await page.keyboard.press('Tab');
      visited.push(await page.evaluate('document.activeElement.textContent'));
      expect(await styleOf(page, ':focus', 'outline-style')).toBe('solid');
      expect(await styleOf(page, ':focus', 'outline-width')).toBe('3px');
    }
    const contact = ['help@cafe.example', '+43 1 234 56 78', 'help.cafe.example'];
    expect(visited).toEqual(['Try again', ...contact, 'cafe.example', 'status.cafe.example']);
    await close();
  });

  it('are asked for again by "Try again"', async () => {
    const { page, asked, show, close } = await browser.open();
    await show({ design, language: 'en', shown: 'full' });
    await Promise.all([page.waitForEvent('load'), page.click('.retry')]);
    expect(asked.filter((url) => url === page.url())).toHaveLength(2);
    await close();
  });

  it('differ by what the reader has set: dark, less motion, few colours, paper', async () => {
    const shownPage = { design, language: 'en', shown: 'full' } as const;
    const { page, show, close } = await browser.open();
    await show(shownPage);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    const light = await styleOf(page, 'body', 'background-color');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await styleOf(page, 'body', 'background-color')).not.toBe(light);
    await page.emulateMedia({ forcedColors: 'active' });
    expect(await styleOf(page, '.retry', 'border-top-color')).not.toBe('rgba(0, 0, 0, 0)');
    await page.emulateMedia({ media: 'print', forcedColors: 'none', colorScheme: 'light' });
    expect(await styleOf(page, 'body', 'color')).toBe('rgb(0, 0, 0)');
    expect(await styleOf(page, '.retry', 'display')).toBe('none');
    expect(await styleOf(page, '.status', 'width')).not.toBe('1px');
    await close();
  });

  it('name their parts to who listens to them', async () => {
    const { page, show, close } = await browser.open();
    await show({ design, language: 'de', shown: 'full' });
    expect(await page.getByRole('heading').allInnerTexts()).toEqual([
      expect.stringMatching(/^503\s+Dienst nicht verfügbar$/),
      'Technische Angaben',
      'Brauchen Sie Hilfe?',
    ]);
    expect(await page.title()).toBe('503 Dienst nicht verfügbar');
    for (const role of ['banner', 'main', 'contentinfo'] as const) expect(await page.getByRole(role).count()).toBe(1);
    expect(await page.getByRole('navigation', { name: 'Weiterführende Seiten' }).count()).toBe(1);
    expect(await page.getByRole('img', { name: 'Café Meridian' }).count()).toBe(1);
    await close();
  });
});

it('the page reads from right to left in Arabic', async () => {
  const { page, show, close } = await browser.open();
  await show({ design: 'split', language: 'ar', shown: 'plain' });
  const [main, header] = await Promise.all([page.locator('main').boundingBox(), page.locator('header').boundingBox()]);
  expect(main?.x).toBeLessThan(header?.x ?? 0);
  await close();
});
