/** The looks of the media themselves: a mail client, a phone, a Slack channel, a timeline of posts. */

const mailStyle = `
.mails{display:grid;background:var(--panel);border:1px solid var(--line);border-radius:14px;margin-bottom:16px;overflow:hidden}
.mails a{display:flex;gap:14px;align-items:baseline;padding:9px 18px;text-decoration:none;font-size:14px}
.mails li+li{border-top:1px solid var(--line)}
.mails a:hover{background:var(--raised)}
.mails [aria-current]{background:var(--accent-soft)}
.mails b{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-weight:600}
.letter{background:var(--panel);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow);overflow:hidden}
.letter header{padding:20px 24px 14px;border-bottom:1px solid var(--line)}
.letter h2{font-size:22px;line-height:1.3;letter-spacing:-.015em;text-wrap:balance}
.parties{display:flex;gap:12px;align-items:center;margin:14px 0 12px}
.parties p{flex:1;min-width:0;font-size:14px;line-height:1.45;overflow-wrap:anywhere}
.letter iframe{display:block;width:100%;height:clamp(360px,62vh,900px);border:0;background:#fff}
.letter pre{margin:0;padding:20px 24px;overflow:auto;max-height:70vh;font:13px/1.55 ui-monospace,"SF Mono",Menlo,Consolas,monospace}
.letter pre.wrapped{white-space:pre-wrap;overflow-wrap:anywhere;font-size:14px}
.headers{width:100%;border-collapse:collapse;font-size:13.5px}
.headers th{width:220px;text-align:left;vertical-align:top;padding:7px 12px 7px 24px;color:var(--muted);font-weight:500}
.headers td{padding:7px 24px 7px 0;overflow-wrap:anywhere;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12.5px}
.headers tr+tr{border-top:1px solid var(--line)}
.aside{padding:14px 24px 0;font-size:14px;color:var(--muted)}
.attachments{padding:12px 24px;border-top:1px solid var(--line);font-size:14px}
.letter footer{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:8px 40px;padding:18px 24px 20px;border-top:1px solid var(--line)}
.letter .timeline{margin-top:2px}
@media (max-width:820px){.letter header{padding:16px}.letter h2{font-size:19px}.parties{align-items:flex-start}.letter .tabs a{padding:3px 9px;font-size:13.5px}.headers th{width:110px;padding-left:16px}}
`;

const phoneStyle = `
.texts,.slack-view,.post-view{display:grid;grid-template-columns:minmax(0,420px) minmax(260px,1fr);gap:26px 32px;align-items:start}
.slack-view,.post-view{grid-template-columns:minmax(0,1fr) 300px}
.texts aside,.slack-view aside,.post-view aside{background:var(--panel);border:1px solid var(--line);border-radius:14px;padding:18px 20px}
.texts .identity+.identity{margin-top:6px}
.phone{display:flex;flex-direction:column;height:clamp(440px,72vh,760px);border:9px solid light-dark(#23252b,#3a3d46);border-radius:42px;background:light-dark(#fff,#0c0d10);box-shadow:var(--shadow);overflow:hidden}
.phone header{display:grid;grid-template-columns:1fr auto 1fr;padding:13px 22px 11px;border-bottom:1px solid var(--line);font-size:15px}
.phone header time{color:var(--ink);font-weight:600}
.bubbles{flex:1;overflow:auto;padding:16px 14px;display:flex;flex-direction:column;gap:12px}
.bubbles li{max-width:82%}
.bubbles .out{align-self:flex-end;text-align:right}
.bubbles a{text-decoration:none;display:block}
.bubble{display:inline-block;padding:9px 14px;border-radius:20px;text-align:left;white-space:pre-wrap;overflow-wrap:anywhere;background:light-dark(#e9e9ee,#26282f)}
.in .bubble{border-bottom-left-radius:6px}
.out .bubble{background:light-dark(#1a8656,#1f7d54);color:#fff;border-bottom-right-radius:6px}
.bubbles .bad .bubble{background:none;border:1px dashed var(--bad);color:var(--muted)}
.bubbles [aria-current] .bubble{box-shadow:0 0 0 2px var(--accent)}
.bubbles small{display:block;margin:4px 6px 0;font-size:12px;color:var(--muted)}
.bubbles .bad small{color:var(--bad)}
.phone form{display:flex;gap:6px;padding:10px 12px 14px;border-top:1px solid var(--line)}
.phone form input{border-radius:999px}
button{font:inherit;font-size:14px;font-weight:600;border:0;border-radius:999px;padding:6px 14px;background:var(--good);color:light-dark(#fff,#0c0d10);cursor:pointer}
button.quiet{background:none;border:1px solid var(--line);color:var(--bad)}
@media (max-width:1180px){.texts,.slack-view,.post-view{grid-template-columns:minmax(0,1fr)}.phone{width:min(420px,100%)}}
`;

const slackStyle = `
.channel{background:light-dark(#fff,#1a1d21);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow);overflow:hidden}
.channel>header{padding:14px 22px;border-bottom:1px solid var(--line);font-size:17px}
.channel ol{padding:10px 0 16px}
.channel li{display:flex;gap:12px;padding:10px 22px}
.channel li:hover{background:var(--raised)}
.channel li[aria-current]{background:var(--raised);box-shadow:inset 3px 0 0 var(--accent)}
.channel li>div{min-width:0;flex:1}
.channel .avatar{border-radius:9px}
.by{line-height:1.3;margin-bottom:3px}
.by a{text-decoration:none}.by a:hover time{text-decoration:underline}
.app{font-size:10.5px;font-weight:650;letter-spacing:.02em;color:var(--muted);background:light-dark(#e8e6e1,#34373f);border-radius:3px;padding:1px 4px;vertical-align:1px}
.channel h3{font-size:18px;line-height:1.35;margin:6px 0 4px}
.section{display:flex;gap:16px;justify-content:space-between;margin:4px 0;max-width:660px;overflow-wrap:anywhere}
.section b,.context b{font-weight:680}
.section a,.context a{color:light-dark(#1264a3,#6cb6f0)}
.fields{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:8px 20px;margin-top:4px}
.context{display:flex;flex-wrap:wrap;gap:4px 10px;margin:6px 0;font-size:13px;color:var(--muted)}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.button{display:inline-block;padding:5px 14px;border:1px solid light-dark(#c9c6bf,#565a63);border-radius:7px;font-size:14px;font-weight:650;text-decoration:none;background:var(--panel)}
.button.primary{background:light-dark(#007a5a,#148567);border-color:transparent;color:#fff}
.channel hr{border:0;border-top:1px solid var(--line);margin:10px 0}
.channel code{font-size:12.5px;color:light-dark(#b3261e,#ff9d94);background:var(--raised);border:1px solid var(--line);border-radius:4px;padding:1px 4px}
.quote{display:block;border-left:4px solid var(--line);padding-left:12px}
.mention{background:light-dark(#fdf3d7,#4a3f1e);border-radius:4px;padding:0 3px}
.picture{color:var(--muted);border:1px dashed var(--line);border-radius:8px;padding:6px 12px;font-size:13px}
`;

const postStyle = `
.timeline-of{background:light-dark(#fff,#16191f);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow);overflow:hidden;max-width:620px}
.timeline-of li{display:flex;gap:12px;padding:14px 20px}
.timeline-of li+li{border-top:1px solid var(--line)}
.timeline-of li[aria-current]{background:var(--raised);box-shadow:inset 3px 0 0 var(--accent)}
.timeline-of li>div{min-width:0;flex:1}
.post-text{white-space:pre-wrap;overflow-wrap:anywhere;font-size:16px;line-height:1.45}
.post-text a,.tag{color:light-dark(#1264a3,#6cb6f0)}
`;

export const nativeStyle = mailStyle + phoneStyle + slackStyle + postStyle;
