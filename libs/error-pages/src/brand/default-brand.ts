/**
 * Duty: the brand of pages for which nobody set one.
 */
import type { Brand } from './brand.ts';

export const defaultBrand: Brand = {
  name: 'Gatehouse',
  design: 'card',
  colours: { light: {}, dark: {} },
  links: [],
  contact: {},
  texts: {},
  retryAfter: {},
  templates: {},
};
