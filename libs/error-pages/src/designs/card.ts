/**
 * Duty: the design "card": a card in the middle of a quiet ground.
 */
import type { DesignStyle } from './design-style.ts';

export const card: DesignStyle = {
  light: {
    background: '#f3f5f9',
    surface: '#ffffff',
    text: '#18202e',
    muted: '#545f72',
    line: '#dfe4ed',
    accent: '#2456c4',
  },
  dark: {
    background: '#0e131b',
    surface: '#182030',
    text: '#edf1f8',
    muted: '#a7b2c4',
    line: '#2c3749',
    accent: '#8fb4ff',
  },
  rules: `
body{display:flex;flex-direction:column;align-items:center;justify-content:center;gap:1.5rem;padding:2rem 1rem}
header,main,footer{width:100%;max-width:36rem}
header,footer{padding-inline:.25rem}
main{padding:clamp(1.5rem,6vw,3rem);background:var(--surface);border:1px solid var(--line);border-radius:1.25rem;
box-shadow:0 1px 2px #0000000a,0 12px 40px -12px #00000024}
h1{font-size:clamp(1.375rem,5vw,1.75rem)}
.status{margin-bottom:.75rem;font-size:clamp(4rem,20vw,6.5rem);font-weight:800;letter-spacing:-.05em;line-height:.9}
.reference,main section{padding-top:1.25rem;border-top:1px solid var(--line)}
footer{display:flex;flex-wrap:wrap;justify-content:space-between;gap:1rem 2rem}
@media (prefers-reduced-motion:no-preference){main{animation:rise .5s cubic-bezier(.2,.8,.2,1)}
@keyframes rise{from{transform:translateY(12px)}}}
@media print{main{padding:0;border:0;box-shadow:none}body{align-items:start}}
`,
};
