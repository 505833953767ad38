/**
 * The look of the page: light, dark and printed; colours of Okabe and Ito, those that are told from the ground.
 */

export const style = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1b1f24;--soft:#4d5661;--rule:#d5dae0;--panel:#f4f6f8;
--good:#00664b;--bad:#9c3d00;--c0:#0072b2;--c1:#d55e00;--c2:#007a5a;--c3:#a8487f;--c4:#8a6100;--c5:#1b1f24}
@media (prefers-color-scheme:dark){:root{--ground:#14181d;--ink:#e8ebee;--soft:#aeb7c1;--rule:#39414a;--panel:#1e242b;
--good:#4fd1a5;--bad:#ff9d5c;--c0:#56b4e9;--c1:#ff8a3c;--c2:#2cc295;--c3:#e08fbf;--c4:#f0e442;--c5:#e8ebee}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,"DejaVu Sans",sans-serif}
main{max-width:62rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--rule)}
h3{font-size:1rem;margin:0 0 .5rem}
p{margin:.5rem 0;max-width:48rem}
code,pre{font:.9em ui-monospace,"DejaVu Sans Mono",monospace}
pre{background:var(--panel);padding:.75rem;white-space:pre-wrap;overflow-wrap:anywhere;border-radius:4px}
.soft{color:var(--soft)}
.verdict{background:var(--panel);border-left:6px solid var(--soft);padding:1rem 1.25rem;margin:1rem 0}
.verdict.fits{border-color:var(--good)}.verdict.does-not-fit,.verdict.INVALID{border-color:var(--bad)}
.verdict p.line{font-weight:600;overflow-wrap:anywhere}
.word{display:inline-block;padding:0 .5em;border:1px solid currentColor;border-radius:3px;font-weight:700}
.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}
.three{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:1rem;margin:1rem 0;padding:0}
.three div{background:var(--panel);padding:.75rem 1rem;border-radius:4px}
.three dt{color:var(--soft);font-size:.875rem}.three dd{margin:0;font-size:1.5rem;font-weight:600}
.three dd small{display:block;font-size:.8125rem;font-weight:400;color:var(--soft)}
.wide{overflow-x:auto;margin:.5rem 0}
.wide:focus-visible,summary:focus-visible{outline:3px solid var(--c0);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding:.25rem 0}
th,td{text-align:left;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
th{font-weight:600}thead th{color:var(--soft);white-space:nowrap}.number{text-align:right;white-space:nowrap}
tbody th{font-weight:500}
figure{margin:1.5rem 0 2rem}
svg{display:block;width:100%;min-width:34rem;height:auto}
svg text{font:12px system-ui,"DejaVu Sans",sans-serif;fill:var(--soft)}
svg .key{fill:var(--ink)}svg .end{text-anchor:end}svg .middle{text-anchor:middle}
svg path{fill:none}.grid{stroke:var(--rule)}.axis{stroke:var(--soft)}
.line{stroke-width:2;stroke-linejoin:round}path.limit{stroke:var(--ink);stroke-dasharray:2 3;stroke-width:1.5}
.l0{stroke:var(--c0)}.l1{stroke:var(--c1);stroke-dasharray:7 3}.l2{stroke:var(--c2);stroke-dasharray:2 2}
.l3{stroke:var(--c3);stroke-dasharray:9 3 2 3}
.l4{stroke:var(--c4);stroke-dasharray:4 4}.l5{stroke:var(--c5);stroke-dasharray:1 3}
.bar{height:.7rem;background:var(--panel);border:1px solid var(--rule);position:relative;min-width:8rem}
.bar i{position:absolute;inset:0 auto 0 0;background:var(--c0)}
.bar b{position:absolute;top:-3px;bottom:-3px;width:2px;background:var(--ink)}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--soft);font-size:.875rem}
ol.chain{padding-left:1.25rem}
@media print{@page{size:A4;margin:14mm}
:root{color-scheme:light;--ground:#fff;--ink:#000;--soft:#333;--rule:#bbb;--panel:#f2f2f2;--good:#00513c;--bad:#7d3100;
--c0:#0072b2;--c1:#d55e00;--c2:#007a5a;--c3:#a8487f;--c4:#8a6100;--c5:#000}
body{font-size:10.5pt}main{padding:0;max-width:none}svg{min-width:0}.wide{overflow:visible}
figure,.verdict,tr,.three div{break-inside:avoid}thead{display:table-header-group}h2,h3{break-after:avoid}
figure details{display:none}.bar,.bar i{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`
