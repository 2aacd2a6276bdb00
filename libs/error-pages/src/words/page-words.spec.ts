import { describe, expect, it } from '@jest/globals';
import { defaultBrand } from '../brand/default-brand.ts';
import { wordsFor } from './page-words.ts';

const lost = { status: 404, reason: 'no-host', language: 'en' } as const;

describe('the words of a page', () => {
  it('are those of the status, with the detail of the reason', () => {
    expect(wordsFor(defaultBrand, { ...lost, reason: undefined })).toEqual({
      title: 'Not Found',
      detail: 'Nothing is served at this address. Check it for typing errors.',
    });
    expect(wordsFor(defaultBrand, lost)).toEqual({
      title: 'Not Found',
      detail: 'There is no site under this host name. Check the address for typing errors.',
    });
  });

  it('exist for every status in every language, and blame the server only for its own', () => {
    for (let status = 400; status <= 599; status += 1) {
      const { title, detail } = wordsFor(defaultBrand, { status, reason: undefined, language: 'fr' });
      expect(title).toMatch(/^[A-ZÉ]/);
      expect(detail).toMatch(/\.$/);
    }
    const titleOf = (status: number) => wordsFor(defaultBrand, { status, reason: undefined, language: 'de' }).title;
    expect(titleOf(499)).toBe('Anfrage abgelehnt');
    expect(titleOf(599)).toBe('Serverfehler');
  });

  it("are the brand's, of the reason before the status before its class, each part by itself", () => {
    const statuses = { 404: { title: 'Lost', detail: 'Lost bean.' }, '4xx': { title: 'Oops', detail: 'Your turn.' } };
    const brand = { ...defaultBrand, texts: { en: { statuses, reasons: { 'no-host': { detail: 'No café.' } } } } };
    expect(wordsFor(brand, lost)).toEqual({ title: 'Lost', detail: 'No café.' });
    expect(wordsFor(brand, { ...lost, reason: 'no-path' })).toEqual({ title: 'Lost', detail: 'Lost bean.' });
    expect(wordsFor(brand, { ...lost, status: 410, reason: undefined })).toEqual({
      title: 'Oops',
      detail: 'Your turn.',
    });
    expect(wordsFor(brand, { ...lost, status: 413, reason: 'too-large' }).detail).toMatch(/^What you sent/);
    expect(wordsFor(brand, { ...lost, language: 'de' }).title).toBe('Nicht gefunden');
  });
});
