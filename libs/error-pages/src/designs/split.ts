/**
 * Duty: the design "split": the status large on a panel in the brand's colour, the words beside it.
 */
import type { DesignStyle } from './design-style.ts';

export const split: DesignStyle = {
  light: {
    background: '#ffffff',
    surface: '#f2f6f5',
    text: '#15201d',
    muted: '#53625e',
    line: '#d9e2df',
    accent: '#0b6b5d',
  },
  dark: {
    background: '#0f1514',
    surface: '#18221f',
    text: '#e9f1ef',
    muted: '#a2b3ae',
    line: '#2b3935',
    accent: '#63d4be',
  },
  rules: `
:root{--panel:var(--accent);--on-panel:var(--on-accent)}
@media (prefers-color-scheme:dark){:root{--panel:var(--surface);--on-panel:var(--accent)}}
body{display:grid;grid-template:auto auto 1fr auto/100%}
body::before{content:attr(data-status);content:attr(data-status)/"";grid-area:2/1;padding:.1em clamp(1.5rem,6vw,4rem) .3em;
background:var(--panel);color:var(--on-panel);font-size:clamp(5rem,26vw,9rem);font-weight:800;
font-variant-numeric:tabular-nums;letter-spacing:-.03em;line-height:1}
header{grid-area:1/1;padding:clamp(1.5rem,6vw,2.5rem) clamp(1.5rem,6vw,4rem) 0;background:var(--panel);color:var(--on-panel)}
main,footer{padding:clamp(1.5rem,6vw,4rem);max-width:46rem}
footer{padding-top:0}
h1{font-size:clamp(1.75rem,7vw,3rem)}
.logo{max-height:4rem;padding:.5rem .75rem;border-radius:.5rem;background:var(--surface)}
.status{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.detail{font-size:1.125rem}
.reference,main section{padding-inline-start:1rem;border-inline-start:3px solid var(--line)}
footer section+nav{margin-top:1.25rem}
@media (min-width:54rem){body{grid-template:auto 1fr auto/minmax(20rem,40%) 1fr}
body::before{grid-area:1/1/-1/1;display:flex;align-items:flex-end;font-size:clamp(9rem,17vw,16rem)}
header{grid-area:1/1;z-index:1;background:none}
main{grid-area:1/2/3/2;align-self:center}footer{grid-area:3/2}}
@media (forced-colors:active){body::before{border-inline-end:1px solid}}
@media print{:root{--panel:none;--on-panel:#000}body{display:block}body::before{display:none}
header,main,footer{padding:0 0 1rem}.logo{padding:0}.status{position:static;width:auto;height:auto;clip-path:none}}
`,
};
