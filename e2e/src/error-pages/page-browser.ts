/**
 * Duty: error pages in a real Chromium, served from a real server, which counts what is asked of it.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { findChromium } from '@gatehouse/testing/find-chromium';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { renderShownPage, type ShownPage } from './shown-pages.ts';

/** One window of the browser, with settings of its own. */
export interface Window {
  readonly page: Page;
  /** Addresses that the browser was made to ask for since the last page was shown, that page among them. */
  readonly asked: readonly string[];
  /** Goes to a page. */
  readonly show: (shownPage: ShownPage) => Promise<void>;
  readonly close: () => Promise<void>;
}

export class PageBrowser {
  readonly #browser: Browser;
  readonly #server: Server;

  private constructor(browser: Browser, server: Server) {
    this.#browser = browser;
    this.#server = server;
  }

  static async start(): Promise<PageBrowser> {
    const found = findChromium({ named: process.env['CHROMIUM_PATH'] ?? '', path: process.env['PATH'] ?? '' });
    if (found.kind === 'missing') throw new Error(`No browser could be started: ${found.reason}`);
    const server = createServer((request, response) => {
      const [, design, language, shown] = (request.url ?? '').split('/');
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(renderShownPage({ design, language, shown } as ShownPage));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PageBrowser(await chromium.launch({ executablePath: found.path }), server);
  }

  async open(options: BrowserContextOptions = {}): Promise<Window> {
    const context = await this.#browser.newContext(options);
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const { port } = this.#server.address() as AddressInfo;
    return {
      page,
      asked,
      show: async ({ design, language, shown }) => {
        asked.length = 0;
        await page.goto(`http://127.0.0.1:${port}/${design}/${language}/${shown}`);
      },
      close: () => context.close(),
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
