/** How the operators' pages look: calm, one column of cards, light or dark as the reader's machine is. */
export const opsStyle = `:root{color-scheme:light dark;
--ground:#f4f5f8;--panel:#fff;--raised:#f8f9fb;--line:#e1e4eb;--ink:#1a1f2b;--muted:#5c6475;--accent:#3c50c8;
--good:#15724a;--bad:#b3261e;--wait:#8a5a00;--soft:#eceffc}
@media (prefers-color-scheme:dark){:root{--ground:#12151c;--panel:#1a1e27;--raised:#212632;--line:#2d3341;--ink:#e9ecf3;--muted:#9aa3b5;--accent:#93a4ff;
--good:#5fd39b;--bad:#ff8f86;--wait:#e6b455;--soft:#262d49}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1,h2,p,dl,dd,ul,ol{margin:0;padding:0}ul,ol{list-style:none}
a{color:var(--accent);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:6px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.skip{position:absolute;left:-999px;top:8px;background:var(--panel);padding:8px 14px;border-radius:8px}.skip:focus{left:8px}
.muted,time{color:var(--muted)}time,.figure{font-variant-numeric:tabular-nums;white-space:nowrap}
.bad{color:var(--bad)}.good{color:var(--good)}
.id,code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:.87em;overflow-wrap:anywhere}
input,button,summary{font:inherit}
input{color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:9px;padding:7px 12px;min-width:0}
button,.sure>summary,.brake summary{cursor:pointer;color:var(--ink);background:var(--raised);border:1px solid var(--line);border-radius:9px;padding:6px 14px;font-weight:550;list-style:none}
button:hover,.sure>summary:hover,.brake summary:hover{border-color:var(--muted)}
button.strong{background:var(--accent);border-color:var(--accent);color:var(--panel)}
button.danger{background:var(--bad);border-color:var(--bad);color:var(--panel)}
button.quiet{border-color:transparent;background:none;color:var(--muted);padding:6px 8px}
summary::-webkit-details-marker{display:none}

.top{display:flex;flex-wrap:wrap;align-items:center;gap:10px 22px;padding:12px 24px;background:var(--panel);border-bottom:1px solid var(--line)}
.top h1{font-size:17px;letter-spacing:-.01em}.top h1 a{color:inherit;text-decoration:none}h1 span{color:var(--muted);font-weight:450}
.tag{font-size:12px;border:1px solid var(--line);border-radius:999px;padding:1px 9px;color:var(--muted);margin-left:4px}
.search{flex:1 1 320px;display:flex;gap:8px;max-width:560px;margin-left:auto}.search input{flex:1}
nav{display:flex;gap:16px}.who{display:flex;align-items:center;gap:6px;color:var(--muted)}
main{max-width:1180px;margin:0 auto;padding:20px 24px 60px;display:grid;grid-template-columns:minmax(0,1fr);gap:18px}
section{background:var(--panel);border:1px solid var(--line);border-radius:14px;padding:18px 20px}
section#tiles,section.brake{background:none;border:0;padding:0}
h2{font-size:15px;font-weight:640;margin-bottom:12px;letter-spacing:-.005em}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:18px}
.empty{color:var(--muted)}.empty.bad{color:var(--bad)}
.lost-note{display:none;color:var(--bad)}.lost .lost-note{display:block}.lost section{opacity:.6}

.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px}
.tile{display:flex;flex-direction:column-reverse;background:var(--panel);border:1px solid var(--line);border-radius:14px;padding:12px 16px}
.tile dt{font-size:13px;color:var(--muted)}.tile dd{font-size:25px;line-height:1.25;font-weight:620;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.tile.bad{border-color:var(--bad)}
.brake{display:flex;justify-content:flex-end}.brake details[open]{width:100%}.brake summary{display:inline-block;color:var(--bad)}
.brake details{text-align:right}.brake form{display:flex;gap:10px;align-items:center;flex-wrap:wrap;justify-content:flex-end;margin-top:10px}.brake input{flex:0 1 360px}
.stopped{display:flex;gap:16px;align-items:center;justify-content:space-between;border-color:var(--bad)}.stopped h2{color:var(--bad);margin:0}

.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:8px 14px 8px 0;border-bottom:1px solid var(--line);font-weight:400;vertical-align:middle}
thead th{color:var(--muted);font-size:13px;padding-top:0}th.figure,td.figure{text-align:right;padding-right:0;padding-left:14px}
tbody:last-child tr:last-child>*{border-bottom:0}
.lanes>tbody>tr:first-child>*{border-bottom:0}.fold td{padding-top:0}.fold summary{cursor:pointer;list-style:none;color:var(--muted);font-size:13px}
.fold summary::before{content:"▸ "}.fold details[open] summary::before{content:"▾ "}
.strip{display:block;width:190px;height:16px}.level-0{fill:var(--line)}.level-1,.level-2,.level-3,.level-4{fill:var(--accent)}.level-1{opacity:.35}.level-2{opacity:.55}.level-3{opacity:.78}

.head{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline}.head time{font-size:13px}
.state{font-size:12.5px;font-weight:600;border-radius:999px;padding:1px 10px;background:var(--raised);border:1px solid var(--line);color:var(--muted);white-space:nowrap}
.state.good,.state.accepted,.state.finished{color:var(--good)}.state.bad,.state.failed,.state.in_doubt,.state.in_doubt_final,.state.missed,.state.held{color:var(--bad)}
.state.sending,.state.leased{color:var(--accent);background:var(--soft);border-color:transparent}.state.paused,.state.cancelling{color:var(--wait)}
.because{color:var(--wait);margin-top:4px}
.runs,.things{display:grid;gap:16px}.run+.run,.things li+li{border-top:1px solid var(--line);padding-top:16px}
.bar{display:block;width:100%;height:10px;border-radius:5px;background:var(--line);margin:10px 0}
rect.accepted{fill:var(--good)}rect.skipped,rect.cancelled,rect.expired{fill:var(--muted)}rect.failed{fill:var(--bad)}rect.inDoubt{fill:var(--wait)}rect.open{fill:var(--accent);opacity:.35}
.books{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:14px}.books div{display:flex;gap:7px}.books dt{color:var(--muted)}.books dd{font-weight:620;font-variant-numeric:tabular-nums}
.books .failed dd{color:var(--bad)}.books .inDoubt dd{color:var(--wait)}.books .accepted dd{color:var(--good)}
.levers{display:flex;flex-wrap:wrap;gap:10px;align-items:center;margin-top:10px}.sure[open]{display:flex;gap:10px}.sure>summary{display:inline-block}

.door{max-width:430px;margin:14vh auto;background:var(--panel);border:1px solid var(--line);border-radius:16px;padding:32px}
.door h1{font-size:22px}.door form{display:grid;gap:8px}.door label{font-weight:600}.door button{margin-top:6px;padding:9px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:4px 24px;margin:12px 0 18px;font-size:14px}
.facts div{display:flex;gap:10px}.facts dt{flex:none;width:96px;color:var(--muted)}.facts dd{overflow-wrap:anywhere}
.story{border-left:2px solid var(--line);padding-left:18px;display:grid;gap:10px;font-size:14px}.story li{position:relative}
.story li::before{content:"";position:absolute;left:-24px;top:6px;width:10px;height:10px;border-radius:50%;background:var(--wait);box-shadow:0 0 0 3px var(--panel)}
.story .good,.story .bad{color:inherit}.story .good::before{background:var(--good)}.story .bad::before{background:var(--bad)}
@media (max-width:640px){.top{padding:10px 14px}.search{order:9;flex-basis:100%;margin:0}.place{margin-right:auto}main{padding:14px 12px 40px;gap:14px}
section{padding:14px;border-radius:12px}.tiles{grid-template-columns:repeat(2,1fr)}.tile dd{font-size:21px}.who span{display:none}}
`;
