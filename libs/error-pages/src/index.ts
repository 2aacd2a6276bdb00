export type { Brand } from './brand/brand.ts';
export { defaultBrand } from './brand/default-brand.ts';
export type { ErrorDetails, ErrorFacts } from './error-facts.ts';
export { parseErrorReason, type ErrorReason } from './error-reason.ts';
export { parseErrorStatus } from './error-status.ts';
export { negotiateFormat, type PageFormat } from './page-format.ts';
export { negotiateLanguage, type Language } from './page-language.ts';
export { prepareBrand, type PreparedBrand } from './prepare-brand.ts';
