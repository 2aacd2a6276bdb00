/**
 * Duty: the rules of style that all designs share. Directions are logical (start, end), so that right to left works.
 */
export const sharedRules = `
*,::before,::after{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100svh;background:var(--background);color:var(--text);
font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere;
-webkit-text-size-adjust:100%;text-size-adjust:100%}
h1,h2,p,ul,dl,dd{margin:0}
h1{line-height:1.2;text-wrap:balance}
h2{font-size:1em;line-height:1.4}
ul{padding:0;list-style:none}
a{color:var(--accent);text-underline-offset:.2em}
a:hover{text-decoration-thickness:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
header{font-size:1.125rem;font-weight:650;line-height:1.3}
.logo{display:block;max-width:min(14rem,100%);max-height:3rem;height:auto}
.status{display:block;color:var(--accent);font-variant-numeric:tabular-nums}
.detail{margin-top:1rem;text-wrap:pretty}
.retry{display:inline-block;margin-top:1.75rem;padding:.625rem 1.375rem;border:1px solid transparent;border-radius:.5rem;
background:var(--accent);color:var(--on-accent);font-weight:600;text-decoration:none}
.retry:hover{text-decoration:underline}
dl,main h2{font-size:.9375rem}
dt{color:var(--muted)}
dd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.reference{margin-top:2rem}
main section{margin-top:1.5rem}
main section div{margin-top:.5rem}
@media (min-width:36rem){main section div{display:grid;grid-template-columns:9rem 1fr;align-items:baseline}}
:lang(ja){word-break:auto-phrase}
footer{color:var(--muted);font-size:.9375rem}
footer h2{color:var(--text)}
footer li{margin-top:.25rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}nav li{margin:0}
@media (forced-colors:active){.retry{border-color:currentColor}}
@media print{:root{--background:#fff;--surface:#fff;--text:#000;--muted:#444;--line:#999;--accent:#000}
body{min-height:0;padding:0;font-size:11pt}.retry{display:none}
nav a::after{content:" (" attr(href) ")"}}
`;
