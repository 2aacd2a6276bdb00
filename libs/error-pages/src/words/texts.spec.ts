import { describe, expect, it } from '@jest/globals';
import { LANGUAGES, type Language } from '../negotiation/page-language.ts';
import { NAMED_STATUSES, type LanguageTexts } from './language-texts.ts';
import { builtInTexts } from './texts.ts';

/** Every text of a language by where it stands. */
function textsOf({ labels, statuses, otherClientError, otherServerError, reasons }: LanguageTexts) {
  return new Map<string, string>([
    ...Object.entries(labels).map(([name, text]) => [`label ${name}`, text] as const),
    ...Object.entries({ ...statuses, '4xx': otherClientError, '5xx': otherServerError }).flatMap(
      ([status, [title, detail]]) => [[`title ${status}`, title] as const, [`detail ${status}`, detail] as const],
    ),
    ...Object.entries(reasons).map(([reason, text]) => [`detail ${reason}`, text] as const),
  ]);
}

const english = textsOf(builtInTexts.en);
const others = LANGUAGES.filter((language) => language !== 'en');

/** What the sentences of a language end with, and the letters that it is written in. */
const WRITING: Readonly<Record<Language, { readonly end: RegExp; readonly letters: RegExp }>> = {
  en: { end: /[a-z]\.$/, letters: /^[\p{Script=Latin}\p{P}\p{Zs}]+$/u },
  de: { end: /[a-zß]\.$/, letters: /^[\p{Script=Latin}\p{P}\p{Zs}]+$/u },
  fr: { end: /[a-zé]\.$/, letters: /^[\p{Script=Latin}\p{P}\p{Zs}]+$/u },
  es: { end: /[a-záéíóú]\.$/, letters: /^[\p{Script=Latin}\p{P}\p{Zs}]+$/u },
  pt: { end: /[a-zãáéêíóôú]\.$/, letters: /^[\p{Script=Latin}\p{P}\p{Zs}]+$/u },
  zh: { end: /。$/, letters: /^[\p{Script=Han}\p{P}\p{Zs}]+$/u },
  ja: { end: /。$/, letters: /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{P}\p{Zs}]+$/u },
  ar: { end: /[\p{Script=Arabic}\u064b-\u0652]\.$/u, letters: /^[\p{Script=Arabic}\p{Mn}\p{P}\p{Zs}]+$/u },
  hi: { end: /।$/, letters: /^[\p{Script=Devanagari}\p{P}\p{Zs}]+$/u },
};

/** Names that every language has as they are. */
const NAMES = /\b(?:HTTP|Cookie|Service)\b/g;

describe.each(LANGUAGES)('the texts in %s', (language) => {
  const texts = textsOf(builtInTexts[language]);

  it('are all there', () => {
    expect([...texts.keys()]).toEqual([...english.keys()]);
    for (const text of texts.values()) expect(text.trim()).toBe(text);
  });

  it('are written in the letters of the language, details as sentences, titles not', () => {
    const { end, letters } = WRITING[language];
    for (const [place, text] of texts) {
      expect(text.replaceAll(NAMES, '')).toMatch(letters);
      if (place.startsWith('detail')) expect(text).toMatch(end);
      else expect(text).not.toMatch(/[.。।]$/);
    }
  });

  it('tell statuses apart', () => {
    const titles = NAMED_STATUSES.map((status) => builtInTexts[language].statuses[status][0]);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('are short enough for a page', () => {
    for (const [place, text] of texts) expect(text.length).toBeLessThanOrEqual(place.startsWith('detail') ? 130 : 45);
  });
});

it.each(others)('no text in %s is left in English', (language) => {
  for (const [place, text] of textsOf(builtInTexts[language]))
    expect([place, text]).not.toEqual([place, english.get(place)]);
});

it('has a language tag that browsers know, and the right direction', () => {
  for (const language of LANGUAGES) {
    const { tag, direction } = builtInTexts[language];
    expect(new Intl.Locale(tag).language).toBe(language);
    expect(direction).toBe(['ar', 'he', 'fa', 'ur'].includes(language) ? 'rtl' : 'ltr');
  }
});
