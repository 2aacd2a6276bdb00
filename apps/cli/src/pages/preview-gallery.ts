/**
 * Duty: the page on which the error pages are looked at: what can be chosen, the choice at several widths, and its
 * neighbours. It has no script; the scheme of a frame is that of its element.
 */
import { createHash } from 'node:crypto';
import type { PreparedBrands } from '@gatehouse/error-pages';
import mustache from 'mustache';
import { choiceQuery, choices, type PreviewChoice } from './preview-choice.ts';

const style = `:root{color-scheme:light}body{font:1rem/1.5 system-ui,sans-serif;margin:1.5rem;background:#e9ebef;color:#111}
form{display:flex;flex-wrap:wrap;gap:1rem;align-items:end}label{display:grid;font-size:.875rem}select,button{font:inherit;padding:.25rem}
.problems{background:#fff1f0;border-left:4px solid #b42318;padding:.5rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere}
.row{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:0}figcaption{font-size:.875rem}
iframe{border:1px solid #b8bec8;background:#fff;width:22rem;height:26rem}.light{color-scheme:light}.dark{color-scheme:dark}
.wide{width:60rem;max-width:100%;height:38rem}.narrow{width:320px;height:38rem}`;

export const galleryPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

const template = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Error pages of {{name}}</title>
<link rel="icon" href="data:,">
<style>{{{style}}}</style>
</head>
<body>
<h1>Error pages of {{name}}</h1>
{{#hasProblems}}
<div class="problems" role="alert">{{#problems}}{{.}}
{{/problems}}</div>
{{/hasProblems}}
<form action="/" method="get">
{{#fields}}
<label>{{name}}<select name="{{name}}">{{#options}}<option value="{{value}}"{{#selected}} selected{{/selected}}>{{label}}</option>{{/options}}</select></label>
{{/fields}}
<button>Show</button>
</form>
<h2><a href="/page?{{query}}">This page</a></h2>
<div class="row">
<figure><figcaption>wide</figcaption><iframe class="wide {{scheme}}" title="wide" src="/page?{{query}}"></iframe></figure>
<figure><figcaption>320 px</figcaption><iframe class="narrow {{scheme}}" title="320 px" src="/page?{{query}}"></iframe></figure>
</div>
{{#groups}}
<h2>By {{name}}</h2>
<div class="row">
{{#items}}
<figure><figcaption><a href="/?{{query}}">{{label}}</a></figcaption><iframe class="{{scheme}}" loading="lazy" title="{{label}}" src="/page?{{query}}"></iframe></figure>
{{/items}}
</div>
{{/groups}}
</body>
</html>
`;

const groupNames = ['scheme', 'design', 'language', 'reason', 'format', 'host', 'namespace', 'status'] as const;

export interface GalleryView {
  readonly brands: PreparedBrands;
  readonly choice: PreviewChoice;
  /** One line for each thing that is wrong with what is in the brand directory now. */
  readonly problems: readonly string[];
}

export function renderGallery({ brands, choice, problems }: GalleryView): string {
  const query = choiceQuery(choice);
  const chosen = new URLSearchParams(query);
  const fields = Object.entries(choices(brands)).map(([name, values]) => ({
    name,
    options: values.map((value) => ({ value, label: labelOf(value), selected: chosen.get(name) === value })),
  }));
  const groups = groupNames.map((name) => ({
    name,
    items: choices(brands)[name].map((value) => ({
      label: labelOf(value),
      query: choiceQuery(choice, { [name]: value }),
      scheme: name === 'scheme' ? value : choice.scheme,
    })),
  }));
  const { name } = brands.select(choice).brand;
  const view = {
    name,
    style,
    fields,
    query,
    groups,
    problems,
    hasProblems: problems.length > 0,
    scheme: choice.scheme,
  };
  return mustache.render(template, view);
}

function labelOf(value: string): string {
  return value === '' ? '(none)' : value;
}
