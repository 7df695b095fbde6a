/**
 * The page's look: system fonts with tabular figures on a neutral ground, one accent, four status hues whose lightness
 * differs as well (so that they hold in every kind of colour blindness) and whose text reaches 4.5 to 1, a 4-pixel grid,
 * borders before shadows. Tested at 400 and 1280 pixels, light and dark, and on paper.
 */
export const style = `
:root{color-scheme:light dark;
--ground:#f7f7f5;--paper:#fff;--ink:#1c2126;--soft:#545d66;--line:#d9dcdf;--line-strong:#848c94;--accent:#0b5cab;--mark:#ffe08a;--mark-ink:#1c2126;
--critical:#8f1240;--critical-tint:#fbe9ef;--high:#b23c06;--high-tint:#fdeee4;--medium:#7a5700;--medium-tint:#fbf3d9;--low:#1b6173;--low-tint:#e6f2f5;--informational:#555e67;--informational-tint:#eff0f2;--good:#22653a;--good-tint:#e8f3eb}
@media(prefers-color-scheme:dark){:root{
--ground:#14171a;--paper:#1b1f23;--ink:#e6e8ea;--soft:#a5adb5;--line:#33393f;--line-strong:#7b848d;--accent:#7db8f5;--mark:#6b5200;--mark-ink:#fff;
--critical:#ff93b4;--critical-tint:#3b1825;--high:#ffa06b;--high-tint:#38200f;--medium:#e9c254;--medium-tint:#302709;--low:#7cc7da;--low-tint:#10292f;--informational:#adb5bd;--informational-tint:#252a2f;--good:#84cf9c;--good-tint:#142a1b}}
*{box-sizing:border-box}
html{scroll-padding-top:56px;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
h1,h2,h3,p,dl,dd,ol,ul{margin:0}
h1{font-size:28px;line-height:1.2;letter-spacing:-.01em}
h2{font-size:20px;line-height:1.3;margin-bottom:8px}
h3{font-size:15px;line-height:1.4}
a{color:var(--accent);text-underline-offset:2px}
small{font-size:12px;color:var(--soft);font-weight:400}
code,pre{font:12.5px/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-999px;top:0;padding:8px 16px;background:var(--paper);z-index:3}
.skip:focus{left:16px;top:8px}
.none{color:var(--soft)}
.name,.title,.who span,.place,.why,td,dd{unicode-bidi:isolate}
.name{overflow-wrap:anywhere}td .name{display:inline-block;min-width:88px}
.page{max-width:1184px;margin:0 auto;padding:0 24px 64px}
.masthead{padding:24px 0 16px}
.brand{font-weight:650;font-size:15px}.brand span{font-weight:400;color:var(--soft)}
.meta{color:var(--soft);font-size:13px}
.verdict{margin:16px 0;padding:20px 24px;background:var(--paper);border:1px solid var(--line);border-left:6px solid var(--informational);border-radius:4px}
.verdict p{max-width:76ch;margin-top:8px;font-size:17px}
.verdict.compromise_likely{border-left-color:var(--critical)}.verdict.compromise_likely h1{color:var(--critical)}
.verdict.suspicious{border-left-color:var(--high)}.verdict.suspicious h1{color:var(--high)}
.verdict.attention{border-left-color:var(--medium)}.verdict.attention h1{color:var(--medium)}
.verdict.clean{border-left-color:var(--good)}.verdict.clean h1{color:var(--good)}
.counts{display:grid;grid-template-columns:repeat(5,1fr);border:1px solid var(--line);border-radius:4px;background:var(--paper)}
.count{padding:8px 16px 12px;border-left:1px solid var(--line);display:flex;flex-direction:column}
.count:first-child{border-left:0}
.count dt{font-size:13px;color:var(--soft)}.count dd{font-size:24px;line-height:1.2;font-weight:600}
.count.critical dd{color:var(--critical)}.count.high dd{color:var(--high)}.count.medium dd{color:var(--medium)}.count.low dd{color:var(--low)}.count.informational dd{color:var(--informational)}
nav{position:sticky;top:0;z-index:2;background:var(--ground);border-bottom:1px solid var(--line);margin:0 -24px;padding:0 24px}
nav ul{display:flex;gap:4px 20px;list-style:none;padding:0;overflow-x:auto;white-space:nowrap}
nav a{display:block;padding:10px 0;font-size:13px;color:var(--ink);text-decoration:none}
nav a:hover{text-decoration:underline}nav small{margin-left:4px}
section{padding-top:36px}
.lead{color:var(--soft);max-width:84ch;margin-bottom:12px}
.more,.note{color:var(--soft);font-size:13px;margin-top:8px}
.two{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,3fr);gap:0 32px}
.level{display:inline-block;padding:0 8px;border-radius:3px;border:1px solid;font-size:12px;line-height:18px;font-weight:600;white-space:nowrap;vertical-align:1px}
.level.critical{color:var(--critical);background:var(--critical-tint)}.level.high{color:var(--high);background:var(--high-tint)}.level.medium{color:var(--medium);background:var(--medium-tint)}.level.low{color:var(--low);background:var(--low-tint)}.level.informational{color:var(--informational);background:var(--informational-tint)}
ol.first{padding:0;list-style:none;counter-reset:n;border:1px solid var(--line);border-radius:4px;background:var(--paper)}
ol.first li{counter-increment:n;padding:12px 20px 14px 52px;position:relative;border-top:1px solid var(--line)}
ol.first li:first-child{border-top:0}
ol.first li::before{content:counter(n);position:absolute;left:20px;top:12px;font-weight:650;font-size:17px;line-height:21px;color:var(--soft)}
ol.first h3{overflow-wrap:anywhere}ol.first h3 .level{margin-right:6px}
ol.first p{margin-top:4px;max-width:84ch;overflow-wrap:anywhere}
.lacking,.open,.steps{padding-left:20px}.lacking{margin-top:8px}
.open li,.steps li{margin-top:10px;max-width:84ch}.mend{color:var(--soft)}
#basis p+ul li{margin-top:4px}
.lanes{border:1px solid var(--line);border-radius:4px;background:var(--paper);padding:12px 16px}
.lane,.axis{display:grid;grid-template-columns:104px minmax(0,1fr) 116px;gap:12px;align-items:end}
.lane+.lane{margin-top:8px}
.lane svg{width:100%;height:36px;display:block}
.lane .what{font-size:13px;font-weight:600}.lane .sum{font-size:13px;text-align:right;white-space:nowrap;font-weight:600}
.lane.critical{color:var(--critical)}.lane.high{color:var(--high)}.lane.medium{color:var(--medium)}.lane.low{color:var(--low)}.lane.informational{color:var(--informational)}
.lane rect{fill:currentColor}.night{stroke:var(--line);fill:none;vector-effect:non-scaling-stroke}.ground{stroke:var(--line-strong);stroke-width:.5;fill:none}
.axis{margin-top:4px}.ends{display:flex;justify-content:space-between;font-size:12px;color:var(--soft)}
.lanes+details,.controls{margin-top:12px}
details>summary{cursor:pointer}
.scroll{position:relative;overflow-x:auto;border:1px solid var(--line);border-radius:4px;background:var(--paper)}
table{border-collapse:collapse;width:100%;font-size:13.5px}
caption.shown{text-align:left;font-size:13px;color:var(--soft);padding:8px 12px 4px}
caption.heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{text-align:left;padding:5px 12px;border-top:1px solid var(--line);vertical-align:top;min-height:32px}
thead th{border-top:0;padding:6px 12px;vertical-align:middle;font-size:12.5px;font-weight:600;color:var(--soft);white-space:nowrap;border-bottom:1px solid var(--line-strong)}
tbody tr:first-child>*{border-top:0}
tbody th{font-weight:600;min-width:148px;overflow-wrap:anywhere}
tbody tr:hover{background:color-mix(in srgb,var(--accent) 5%,transparent)}
.n{text-align:right}thead .n .sort{text-align:right}.file{min-width:240px}.time{white-space:nowrap}.wide{min-width:220px;overflow-wrap:anywhere}
.levels{min-width:216px}.levels .level{margin:0 2px 4px 0}.of{font-weight:700;margin-left:2px;color:var(--ink)}
.use{white-space:nowrap}.shape{width:12px;height:12px;vertical-align:-1px;margin-right:4px}
.fill{fill:var(--ink)}.line{fill:none;stroke:var(--ink);stroke-width:1.5}.dash{fill:none;stroke:var(--ink);stroke-width:1.3;stroke-dasharray:2 1.6}
.days{min-width:288px}.days span{display:block;font-size:12.5px;color:var(--soft)}.strip{display:block;margin:4px 0 2px}.on{fill:var(--accent)}.off{fill:var(--line-strong)}
button,input,select{font:inherit;font-size:13.5px;color:var(--ink);background:var(--paper);border:1px solid var(--line-strong);border-radius:3px;padding:5px 10px;min-height:32px}
button{cursor:pointer}button:hover:not(:disabled){border-color:var(--accent);color:var(--accent)}button:disabled{color:var(--soft);border-color:var(--line);cursor:default}
button.sort{border:0;padding:4px 0;min-height:24px;background:none;font-weight:600;color:inherit;font-size:12.5px}
[aria-sort=ascending] .sort::after{content:" ↑"}[aria-sort=descending] .sort::after{content:" ↓"}
button.count-button{border:0;line-height:1;vertical-align:baseline;background:none;color:var(--accent);text-decoration:underline;text-underline-offset:2px;padding:0 4px;min-height:24px;min-width:24px}
.controls{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:end;padding:12px 16px;border:1px solid var(--line);border-radius:4px;background:var(--paper)}
.controls[hidden]{display:none}
.controls label{display:block;font-size:12.5px;color:var(--soft)}.controls input{width:280px;max-width:100%}.controls p{flex-basis:100%;font-size:13px;color:var(--soft)}
.buttons{display:flex;gap:8px}
.day h3{padding:20px 0 6px}.day[hidden]{display:none}
.finding{background:var(--paper);border:1px solid var(--line);border-top-width:0}
h3+.finding{border-top-width:1px;border-radius:4px 4px 0 0}.finding:last-child{border-radius:0 0 4px 4px}
.finding>summary{display:grid;grid-template-columns:20px 152px 112px minmax(0,1fr) minmax(0,372px);gap:0 8px;padding:6px 16px 6px 10px;align-items:baseline;list-style:none;font-size:13.5px}
.finding>summary::-webkit-details-marker{display:none}
.finding>summary::before{content:"";align-self:start;margin-top:6px;justify-self:center;border:4px solid transparent;border-left:6px solid var(--soft);border-right:0}
.finding[open]>summary::before{transform:rotate(90deg)}
.finding>summary:hover{background:color-mix(in srgb,var(--accent) 5%,transparent)}
.finding>summary .level{justify-self:start}
.title{overflow-wrap:anywhere}.critical .title,.high .title,.medium .title{font-weight:600}.who{color:var(--soft);overflow-wrap:anywhere;text-align:right}.when{white-space:nowrap}
.body{padding:8px 24px 20px 38px;border-top:1px solid var(--line)}
.why{font-size:15.5px;max-width:84ch;overflow-wrap:anywhere;margin:8px 0 12px}
.facts{display:grid;grid-template-columns:104px minmax(0,1fr);gap:3px 16px;font-size:13.5px;margin-bottom:16px}
.facts dt{color:var(--soft)}.facts dd{overflow-wrap:anywhere}.place{display:block}
.evidence td{overflow-wrap:anywhere;min-width:140px}.evidence tbody th{font-weight:400}
mark{background:var(--mark);color:var(--mark-ink);border-radius:2px;padding:0 1px;font-weight:600}
pre{margin:8px 0 0;padding:12px;border:1px solid var(--line);border-radius:4px;background:var(--ground);white-space:pre-wrap;overflow-wrap:anywhere;max-height:480px;overflow:auto}
.raw{margin-top:12px}.raw>summary,.lanes+details>summary,#proposal summary{color:var(--accent);font-size:13.5px;padding:4px 0;width:max-content}
.scroll+.scroll,#rules p+.scroll,#rules .scroll+p{margin-top:16px}#next .steps li{max-width:none;margin-top:8px}#next{padding-top:28px}
footer{margin-top:48px;padding-top:12px;border-top:1px solid var(--line);color:var(--soft);font-size:13px;overflow-wrap:anywhere}
@media(max-width:860px){.two{grid-template-columns:1fr}
.finding>summary{grid-template-columns:20px auto 1fr;padding-right:12px}.finding>summary .title,.finding>summary .who{grid-column:2/-1;text-align:left}
.lane,.axis{grid-template-columns:1fr auto;gap:0 12px}.lane svg,.axis .ends{grid-column:1/-1;grid-row:2}.axis span:not(.ends):not(.ends span){display:none}}
@media(max-width:560px){.page{padding:0 16px 48px}nav{margin:0 -16px;padding:0 16px}
.counts{grid-template-columns:repeat(3,1fr)}.count{padding:6px 12px 8px;border-left:0}.count dd{font-size:20px}
h1{font-size:24px}.verdict{padding:16px}.verdict p{font-size:16px}
.body{padding:8px 14px 16px}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:6px}
ol.first li{padding:12px 14px 14px 38px}ol.first li::before{left:14px}
.controls>div{flex-basis:100%}.controls input,.controls select{width:100%}.days{min-width:200px}}
@media(prefers-reduced-motion:no-preference){html{scroll-behavior:auto}}
@media print{:root{color-scheme:light;--ground:#fff;--paper:#fff}body{font-size:10.5pt}nav,.skip,.controls,.sort::after{display:none!important}
.page{max-width:none;padding:0}section{padding-top:18pt}.scroll{overflow:visible}pre{max-height:none}
.verdict,.finding,tr,ol.first li,.lane{break-inside:avoid}.finding[open]{break-inside:auto}h2,h3,.finding>summary{break-after:avoid}thead{display:table-header-group}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;
