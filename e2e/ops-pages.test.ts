/** An operator's browser on a running campaign: both pages render, without an error, and load nothing from elsewhere. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const browserPath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const quiet =
  "--no-sandbox --disable-gpu --disable-background-networking --disable-quic --no-first-run --disable-component-update --disable-sync";
const root = fileURLToPath(new URL("..", import.meta.url));
const patienceMs = 240_000;

let home: string;
let demo: ChildProcess;
let browser: Browser;
let link: string;
let said = "";

const hears = (words: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    const look = () => {
      const found = words.exec(said)?.[0];
      if (found) resolve(found);
    };
    demo.stdout?.on("data", look);
    demo.once("exit", () => reject(new Error(`The demo ended. It said:\n${said}`)));
    look();
  });

/** Collects whatever a page complains of, and whatever it wants from somewhere else than this machine. */
async function openPage(how: { width: number; colorScheme: "light" | "dark" }) {
  const page = await browser.newPage({ viewport: { width: how.width, height: 900 }, colorScheme: how.colorScheme });
  const complaints: string[] = [];
  page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") complaints.push(`asked ${hostname}`);
  });
  await page.goto(link, { waitUntil: "load" });
  return { page, complaints };
}

/** The pictures of the docs are only taken anew when somebody asks: KEEP_SCREENS=1. */
const keep = (page: Page, name: string, fullPage = true) =>
  page.screenshot({ path: join(process.env.KEEP_SCREENS ? join(root, "docs") : home, name), fullPage });

describe.skipIf(!existsSync(browserPath))("the operators' pages in Chromium", () => {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "chorus-ops-"));
    const env = { ...process.env, CHORUS_HOME: home, DATABASE_URL: "", QUEUE_URL: "", LOG_LEVEL: "warn" };
    demo = spawn(process.execPath, ["scripts/run.mjs", "demo"], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    demo.stdout?.on("data", (bytes) => {
      said += bytes;
    });
    link = await hears(/http:\S+\/ops\?link=\S+/);
    browser = await chromium.launch({ executablePath: browserPath, args: quiet.split(" ") });
    await hears(/scheduled for now/);
  }, patienceMs);
  afterAll(async () => {
    await browser?.close();
    if (demo?.exitCode === null) {
      demo.kill("SIGINT");
      await new Promise((resolve) => demo.once("exit", resolve));
    }
    if (home) await rm(home, { recursive: true, force: true });
  }, 60_000);

  it("the first page shows the run and its lanes, and renews itself", async () => {
    const { page, complaints } = await openPage({ width: 1280, colorScheme: "light" });
    expect(new URL(page.url()).search).toBe("");
    await page.waitForSelector(".run .state.sending", { timeout: 30_000 });
    await page.locator(".lanes > tbody").nth(1).waitFor();
    await page.evaluate("document.querySelector('#tiles').dataset.seen = 'once'");
    const isRenewed = () => page.evaluate("document.querySelector('#tiles').dataset.seen === undefined");
    await expect.poll(isRenewed, { timeout: 10_000 }).toBe(true);
    await keep(page, "ops.png");
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  it("the board shows the queues with its own styles and scripts, from this address alone", async () => {
    const { page, complaints } = await openPage({ width: 1280, colorScheme: "light" });
    await page.goto(new URL("/ops/queues/queue/write?status=completed", page.url()).href, { waitUntil: "networkidle" });
    await page.getByText("variant.write").first().waitFor({ timeout: 20_000 });
    await keep(page, "ops-queues.png", false);
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  it("nothing runs out of a small, dark screen", async () => {
    const { page, complaints } = await openPage({ width: 390, colorScheme: "dark" });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);
});
