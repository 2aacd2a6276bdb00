/**
 * Duty: the list of all pages that were written as files, to look at in a browser.
 */
import { LANGUAGES, PAGE_FORMATS } from '@gatehouse/error-pages';
import mustache from 'mustache';
import { pagePath, type FolderBrand } from './static-pages.ts';

const template = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Error pages</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;margin:2rem}th{text-align:start}td,th{padding:0 1rem 0 0}</style>
</head>
<body>
<h1>Error pages</h1>
{{#brands}}
<h2>{{name}} ({{host}})</h2>
{{#formats}}
<h3>{{format}}</h3>
<table>
{{#statuses}}
<tr><th scope="row">{{status}}</th>{{#pages}}<td><a href="pages/{{path}}">{{language}}</a></td>{{/pages}}</tr>
{{/statuses}}
</table>
{{/formats}}
{{/brands}}
</body>
</html>
`;

export function renderPagesIndex(brands: readonly FolderBrand[], statuses: readonly number[]): string {
  const view = brands.map(({ folder, host = 'all hosts', brand }) => ({
    name: brand.brand.name,
    host,
    formats: PAGE_FORMATS.map((format) => ({
      format,
      statuses: statuses.map((status) => ({
        status,
        pages: LANGUAGES.map((language) => ({ language, path: pagePath(folder, { language, status, format }) })),
      })),
    })),
  }));
  return mustache.render(template, { brands: view });
}
