/** The inbox page's own style: no files beside it, light and dark, from a phone's width up. */
import { media } from "./media.ts";
import { nativeStyle } from "./page-style-native.ts";

const frameStyle = `
:root{color-scheme:light dark;--ground:#f4f3ef;--panel:#fff;--raised:#faf9f6;--ink:#1c1e23;--muted:#656a75;--line:#e3e0d8;
--accent:#4f46c8;--accent-soft:#ecebfb;--good:#14794a;--bad:#b3261e;--wait:#8a5a00;
--shadow:0 1px 2px rgb(30 25 10/.05),0 6px 24px rgb(30 25 10/.06)}
@media (prefers-color-scheme:dark){:root{--ground:#121317;--panel:#1b1d23;--raised:#22252c;--ink:#ecedf1;--muted:#a0a6b3;--line:#30333c;
--accent:#a9a3ff;--accent-soft:#2a2947;--good:#5fd39a;--bad:#ff8f85;--wait:#e7b85a;
--shadow:0 1px 2px rgb(0 0 0/.4),0 6px 24px rgb(0 0 0/.3)}}
*{box-sizing:border-box}
body{margin:0;height:100vh;height:100dvh;display:grid;grid-template:auto minmax(0,1fr)/minmax(280px,350px) minmax(0,1fr);background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Microsoft YaHei",sans-serif}
a{color:inherit}
h1,h2,h3,p,dl,dd,ol,ul{margin:0;padding:0}
ol,ul{list-style:none}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:6px}
.muted,time{color:var(--muted)}
time{font-size:13px;font-variant-numeric:tabular-nums;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.wait{color:var(--wait)}
.empty{padding:28px 22px;color:var(--muted)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.skip{position:absolute;left:-999px;top:8px;z-index:9;background:var(--panel);padding:8px 14px;border-radius:8px}
.skip:focus{left:8px}
.sign{width:18px;height:18px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;vertical-align:-4px}
${media.map(({ channel, ink }) => `.sign.${channel}{color:light-dark(${ink.join()})}`).join("")}
.avatar{flex:none;width:40px;height:40px;border-radius:50%;display:grid;place-items:center;font-size:14px;font-weight:650;letter-spacing:.02em;
color:light-dark(hsl(var(--tint) 55% 28%),hsl(var(--tint) 70% 84%));background:light-dark(hsl(var(--tint) 60% 90%),hsl(var(--tint) 30% 26%))}
.tint-0{--tint:12}.tint-1{--tint:38}.tint-2{--tint:88}.tint-3{--tint:152}.tint-4{--tint:190}.tint-5{--tint:222}.tint-6{--tint:265}.tint-7{--tint:325}

.overview{grid-column:1/-1;display:flex;align-items:center;gap:14px 26px;flex-wrap:wrap;padding:12px 20px;background:var(--panel);border-bottom:1px solid var(--line)}
.overview h1{font-size:17px;letter-spacing:-.01em;margin-right:auto}
.overview h1 a{text-decoration:none}
.overview h1 span{color:var(--muted);font-weight:450}
.tallies{display:flex;gap:8px;flex-wrap:wrap}
.tally{display:flex;align-items:baseline;white-space:nowrap;gap:10px;padding:6px 14px;border:1px solid var(--line);border-radius:10px;background:var(--raised)}
.tally dt{font-weight:600;font-size:14px}
.tally dd{font-size:14px;color:var(--muted)}
.tally dd b{color:var(--ink);font-size:16px;font-variant-numeric:tabular-nums}
.tally small{margin-left:8px;padding-left:8px;border-left:1px solid var(--line);font-size:13px}
.faults,.kept{font-size:14px;color:var(--muted)}
details.faults{position:relative}
.faults summary{cursor:pointer;padding:6px 12px;border:1px solid var(--line);border-radius:10px}
.faults summary b{color:var(--wait)}
.faults table{position:absolute;right:0;top:calc(100% + 8px);z-index:5;border-collapse:collapse;background:var(--panel);border:1px solid var(--line);border-radius:10px;box-shadow:var(--shadow);min-width:460px}
.faults th,.faults td{text-align:left;padding:8px 14px;border-bottom:1px solid var(--line);font-weight:450;color:var(--ink)}
.faults th{color:var(--muted);font-size:13px}
.live{padding:6px 14px;border:1px solid var(--line);border-radius:999px;text-decoration:none;font-size:14px;font-weight:600}
.live[aria-pressed=true]{background:var(--good);border-color:var(--good);color:var(--panel)}

.people{display:flex;flex-direction:column;min-height:0;background:var(--panel);border-right:1px solid var(--line)}
.search{padding:14px 16px 8px}
.search label{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
input{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:10px;padding:8px 12px;width:100%;min-width:0}
input::placeholder{color:var(--muted)}
.filters,.tabs{display:flex;gap:4px;flex-wrap:wrap}
.filters{padding:0 16px 10px;border-bottom:1px solid var(--line)}
.filters a,.tabs a{padding:4px 12px;border-radius:999px;text-decoration:none;font-size:14px;color:var(--muted)}
.filters a:hover,.tabs a:hover{background:var(--raised);color:var(--ink)}
.filters [aria-current],.tabs [aria-current]{background:var(--accent-soft);color:var(--accent);font-weight:600}
.rows{flex:1;overflow:auto;overscroll-behavior:contain}
.row{display:grid;grid-template:auto auto/40px minmax(0,1fr) auto;gap:1px 12px;padding:11px 16px;text-decoration:none;border-bottom:1px solid var(--line)}
.row .avatar{grid-row:1/3;margin-top:2px}
.row:hover{background:var(--raised)}
.row[aria-current]{background:var(--accent-soft);box-shadow:inset 3px 0 0 var(--accent)}
.who{min-width:0;display:flex;gap:8px;align-items:baseline;white-space:nowrap}
.who b{overflow:hidden;text-overflow:ellipsis;font-weight:620}
.who small{display:none}
.meta{display:flex;gap:8px;align-items:center;justify-content:flex-end}
.signs{display:flex;gap:3px}.signs .sign{width:15px;height:15px}
.last{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-size:14px;color:var(--muted)}
.last em{font-style:normal;color:var(--good)}
.count{justify-self:end;font-size:12px;color:var(--muted);background:var(--raised);border:1px solid var(--line);border-radius:999px;padding:0 8px;line-height:19px}
.flag{justify-self:end;font-size:12px;font-weight:600;border-radius:999px;padding:0 8px;line-height:19px;border:1px solid currentColor}
.pager{white-space:nowrap;display:flex;gap:12px;justify-content:space-between;padding:9px 16px;border-top:1px solid var(--line);font-size:13px;color:var(--muted)}
.pager [aria-disabled]{opacity:.45}

main{min-width:0;min-height:0;overflow:auto;padding:0 26px 40px}
.person{position:sticky;top:0;z-index:2;display:flex;gap:14px;align-items:center;padding:16px 0 14px;background:var(--ground)}
.person h2{font-size:20px;line-height:1.25;letter-spacing:-.01em}
.person p{font-size:14px}
.person .tabs{margin-left:auto}
.back{display:none}
.welcome{display:grid;place-content:center;min-height:70%;text-align:center;gap:8px;color:var(--muted)}
.welcome h2{color:var(--ink)}
aside h2{font-size:15px;margin-bottom:10px}
.identity{display:grid;gap:6px;font-size:13px}
.identity div{display:grid;grid-template-columns:96px minmax(0,1fr);gap:10px}
.identity dt{color:var(--muted)}
.identity dd{overflow-wrap:anywhere;font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:12.5px}
.timeline{margin-top:16px;font-size:13.5px;border-left:2px solid var(--line);padding-left:16px;display:grid;gap:9px;color:var(--muted)}
.timeline li{position:relative}
.timeline b{color:var(--ink);font-weight:620}
.timeline li::before{content:"";position:absolute;left:-22px;top:6px;width:10px;height:10px;border-radius:50%;background:var(--muted);box-shadow:0 0 0 3px var(--panel)}
.timeline .good::before{background:var(--good)}.timeline .bad::before{background:var(--bad)}.timeline .wait::before{background:var(--wait)}
.timeline .good,.timeline .bad,.timeline .wait{color:var(--muted)}
.timeline time{float:right;margin-left:12px}

@media (max-width:820px){
body{grid-template-columns:minmax(0,1fr);height:auto;min-height:100dvh}
.overview{padding:10px 14px;gap:10px 8px}.overview h1{font-size:15px}
.tallies{order:1;width:100%;display:grid;grid-template-columns:repeat(3,minmax(0,1fr))}
.tally{flex-direction:column;gap:0;padding:6px 12px}.tally small{display:none}
.faults summary,.live{padding:3px 10px}.faults,.kept,.live{font-size:13px}
details.faults[open]{order:2;width:100%}
.overview h1 span{display:none}
.faults table{position:static;min-width:0;margin-top:8px}
body:not(.reading) main,body.reading .people{display:none}
main{padding:0 14px 30px;overflow:visible}
.person{display:grid;grid-template-columns:auto minmax(0,1fr);gap:8px 12px;overflow-wrap:anywhere}.person .tabs{margin-left:0;grid-column:1/-1}
.back{grid-column:1/-1}
.back{display:block;width:100%;font-size:14px;color:var(--accent)}
}
`;

export const pageStyle = frameStyle + nativeStyle;
