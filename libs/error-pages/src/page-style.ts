/**
 * Duty: how the page looks. Colours keep a contrast of at least 4.5 to 1 (WCAG AA) in light and dark.
 */
export const pageStyle = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--text:#1b2330;--soft:#55606f;--line:#dfe3e9;--mark:#2456c4}
@media (prefers-color-scheme:dark){
:root{--ground:#12161d;--card:#1a202a;--text:#eef1f6;--soft:#a9b4c3;--line:#2f3947;--mark:#8fb4ff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:1.5rem;
padding:1.5rem;background:var(--ground);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",sans-serif}
main{width:100%;max-width:34rem;padding:2.5rem 2rem;background:var(--card);border:1px solid var(--line);
border-top:4px solid var(--mark);border-radius:.75rem;overflow-wrap:anywhere}
.code{margin:0;color:var(--mark);font-size:3.5rem;font-weight:700;line-height:1;letter-spacing:-.02em}
h1{margin:.5rem 0 1rem;font-size:1.5rem;line-height:1.25}
p{margin:0}
dl{margin:2rem 0 0;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.875rem}
dd{margin:0;font-family:ui-monospace,Menlo,Consolas,monospace}
footer{color:var(--soft);font-size:.875rem}
@media print{body{min-height:0}main{border:0}}
`;
