/** Draws a committed result: `npx tsx bench/plot.ts bench/results/send.json bench/results/send.svg`, a bar for each sender. */
import { readFileSync, writeFileSync } from "node:fs";
import { type Frame, medianOf } from "./frame.ts";

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined)
  throw new Error("Name a result and the SVG to draw: plot.ts FILE.json FILE.svg");

const frame = JSON.parse(readFileSync(from, "utf8")) as Frame;
writeFileSync(to, draw(frame));

type Bar = { readonly name: string; readonly median: number; readonly least: number; readonly most: number };

function draw({ bench, conditions, results }: Frame): string {
  const bars = [...new Set(results.map(({ name }) => name))].map((name) => barOf(results, name));
  const widest = Math.max(...bars.map(({ most }) => most));
  const [left, room, step, top] = [190, 470, 34, 56];
  const height = top + bars.length * step + 34;
  const x = (value: number) => (left + (value / widest) * room).toFixed(1);
  const lines = bars.map(({ name, median, least, most }, place) => {
    const y = top + place * step;
    const middle = y + 11;
    return [
      `<text x="${left - 10}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${left}" y="${y}" width="${((median / widest) * room).toFixed(1)}" height="22" class="${name.startsWith("chorus") ? "ours" : "theirs"}"/>`,
      `<path d="M${x(least)} ${middle}H${x(most)}M${x(least)} ${y + 6}v10M${x(most)} ${y + 6}v10" class="range"/>`,
      `<text x="${Number(x(most)) + 8}" y="${y + 15}" class="figure">${Math.round(median).toLocaleString("en")}</text>`,
    ].join("\n");
  });
  const said = `${conditions.processors} processors, Node ${conditions.node}, load ${[conditions.loadAverage].flat()[0]}, commit ${String(conditions.commit).slice(0, 7)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 ${height}" font-family="system-ui, sans-serif" font-size="13">
<title>${escaped(bench)}: messages a second by sender</title>
<style>text{fill:#1d1d1f}.title{font-size:16px;font-weight:600}.small{font-size:11px;fill:#6e6e73}.figure{font-weight:600}.ours{fill:#1a4fd6}.theirs{fill:#b8bcc6}.range{stroke:#1d1d1f;fill:none}</style>
<rect width="760" height="${height}" fill="#fff"/>
<text x="20" y="28" class="title">${escaped(bench)}: messages a second, median of the rounds and their range</text>
${lines.join("\n")}
<text x="20" y="${height - 12}" class="small">${escaped(said)}</text>
</svg>
`;
}

function barOf(results: Frame["results"], name: string): Bar {
  const values = results.filter((each) => each.name === name).map(({ perSecond }) => Number(perSecond));
  return {
    name,
    median: medianOf(results, name, "perSecond") ?? 0,
    least: Math.min(...values),
    most: Math.max(...values),
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
