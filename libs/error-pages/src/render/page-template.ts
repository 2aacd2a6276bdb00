/**
 * Duty: the HTML of every built-in design as a mustache template. Whatever varies is a `{{name}}`, which is escaped; the
 * style alone is inserted as it is, because it is ours and its hash is in the Content-Security-Policy.
 */
export const pageTemplate = `<!doctype html>
<html lang="{{language}}" dir="{{direction}}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{policy}}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{{status}} {{title}}</title>
<link rel="icon" href="data:,">
<style>{{{style}}}</style>
</head>
<body data-status="{{status}}">
<header>{{#logo}}<img class="logo" src="{{logo}}" alt="{{brandName}}">{{/logo}}{{^logo}}{{brandName}}{{/logo}}</header>
<main>
<h1><span class="status">{{status}}</span> {{title}}</h1>
<p class="detail">{{detail}}</p>
{{#canRetry}}
<p><a class="retry" href="">{{labels.tryAgain}}</a></p>
{{/canRetry}}
{{#hasReference}}
<dl class="reference"><dt>{{labels.reference}}</dt><dd><bdi>{{reference}}</bdi></dd></dl>
{{/hasReference}}
{{#hasDetails}}
<section aria-labelledby="details">
<h2 id="details">{{labels.details}}</h2>
<dl>
{{#details}}
<div><dt>{{label}}</dt><dd><bdi>{{value}}</bdi></dd></div>
{{/details}}
</dl>
</section>
{{/hasDetails}}
</main>
{{#hasFooter}}
<footer>
{{#hasContact}}
<section aria-labelledby="contact">
<h2 id="contact">{{labels.contact}}</h2>
{{#contact.text}}<p>{{contact.text}}</p>{{/contact.text}}
<ul>
{{#contact.links}}
<li><a href="{{url}}"><bdi>{{label}}</bdi></a></li>
{{/contact.links}}
</ul>
</section>
{{/hasContact}}
{{#hasLinks}}
<nav aria-label="{{labels.links}}">
<ul>
{{#links}}
<li><a href="{{url}}">{{label}}</a></li>
{{/links}}
</ul>
</nav>
{{/hasLinks}}
</footer>
{{/hasFooter}}
</body>
</html>
`;
