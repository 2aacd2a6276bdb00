/**
 * Duty: trying out whether pages can be made of a brand, and how large they become.
 */
import { err, ok, type Result } from '@gatehouse/core';
import { prepareBrand } from '../prepare-brand.ts';
import { TemplateError } from '../render/compile-template.ts';
import type { Brand } from './brand.ts';

/** What a page should have at most, whole: it is sent when little works. */
const wantedBytes = 10 * 1024;

/** A fault of the brand's template; `line` counts from 1. */
export interface TemplateFault {
  readonly line: number;
  readonly message: string;
}

/** A warning about the size of the pages, if there is one. */
export function checkPages(brand: Brand): Result<string | undefined, TemplateFault> {
  try {
    const facts = { status: 404, reference: '0'.repeat(32) };
    const page = prepareBrand(brand).renderPage(facts, { format: 'text/html', language: 'en' });
    const bytes = Buffer.byteLength(page);
    if (bytes <= wantedBytes) return ok(undefined);
    return ok(
      `a page has ${(bytes / 1024).toFixed(1)} KiB; at most ${wantedBytes / 1024} are good for a page that is sent when little works`,
    );
  } catch (error) {
    if (error instanceof TemplateError) return err({ line: error.line, message: `the template ${error.message}` });
    throw error;
  }
}
