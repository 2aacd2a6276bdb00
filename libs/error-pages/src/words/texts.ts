/**
 * Duty: the built-in texts by language.
 */
import type { Language } from '../negotiation/page-language.ts';
import { arabic } from './arabic.ts';
import { chinese } from './chinese.ts';
import { english } from './english.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import { hindi } from './hindi.ts';
import { japanese } from './japanese.ts';
import type { LanguageTexts } from './language-texts.ts';
import { portuguese } from './portuguese.ts';
import { spanish } from './spanish.ts';

export const builtInTexts: Readonly<Record<Language, LanguageTexts>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  pt: portuguese,
  zh: chinese,
  ja: japanese,
  ar: arabic,
  hi: hindi,
};
