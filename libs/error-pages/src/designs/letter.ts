/**
 * Duty: the design "letter": like a sheet of writing paper, in a serif type.
 */
import type { DesignStyle } from './design-style.ts';

export const letter: DesignStyle = {
  light: {
    background: '#faf6ef',
    surface: '#fffdf8',
    text: '#2b2520',
    muted: '#66594e',
    line: '#dccfbe',
    accent: '#963310',
  },
  dark: {
    background: '#191613',
    surface: '#221e1a',
    text: '#f2ebe2',
    muted: '#bbaea1',
    line: '#443b33',
    accent: '#f2a97b',
  },
  rules: `
body{display:grid;grid-template:auto 1fr auto/minmax(0,44rem);justify-content:center;
padding:clamp(1.5rem,6vw,4rem) clamp(1.25rem,6vw,3rem);
font-family:Charter,"Bitstream Charter","Iowan Old Style","Palatino Linotype",Cambria,Georgia,"Noto Serif",serif}
header{padding-bottom:1.25rem;border-bottom:3px double var(--line)}
main{align-self:center;padding-block:clamp(2rem,8vh,5rem)}
h1{font-size:clamp(2rem,9vw,3.75rem);font-weight:500;line-height:1.15}
.status{margin-bottom:.75rem;font-size:1.125rem;font-style:italic;letter-spacing:.02em}
.status::after{content:"";display:inline-block;width:4rem;height:1px;margin-inline-start:1rem;vertical-align:middle;
background:var(--accent)}
.detail{max-width:34rem;margin-top:1.5rem;font-size:1.25rem}
.retry{border-radius:0}
dl,main h2{font-size:1rem}
dd{font-size:.875rem}
footer{display:flex;flex-wrap:wrap;justify-content:space-between;gap:1rem 2rem;padding-top:1.25rem;
border-top:1px solid var(--line)}
@media print{main{padding-block:2rem}}
`,
};
