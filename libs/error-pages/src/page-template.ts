/**
 * Duty: the HTML of the page as a mustache template. Whatever varies is a `{{name}}`, which mustache escapes; the style
 * alone is inserted as it is, because it is ours and its hash is in the Content-Security-Policy.
 */
export const pageTemplate = `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{status}} {{title}}</title>
<link rel="icon" href="data:,">
<style>{{{style}}}</style>
</head>
<body>
<main>
<p class="code">{{status}}</p>
<h1>{{title}}</h1>
<p>{{detail}}</p>
<dl>
<dt>Reference number</dt>
<dd>{{reference}}</dd>
</dl>
</main>
<footer>{{brandName}}</footer>
</body>
</html>
`;
