import { usualAngles } from "@chorus/core/angle";
import { brief } from "@chorus/core/brief";
import { describe, expect, it } from "vitest";
import { checkLinks, checkReadyToPlan } from "./campaign-checks.ts";

const briefWith = (url: string) =>
  brief.parse({ goal: "Sell", factSheet: { facts: [], links: [{ id: "shop", url }] } });

describe("links of a brief", () => {
  it.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://[::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://169.254.169.254/latest",
    "http://10.1.2.3/",
    "http://localhost:8080/",
    "http://intranet/",
    "http://shop.internal/",
    "http://printer.local./",
  ])("row 69: %s is refused in a live workspace, because no reader can open it", (url) => {
    expect(checkLinks(briefWith(url), "live")).toMatchObject([
      { path: "brief.factSheet.links[0].url", code: "link.private" },
    ]);
    expect(checkLinks(briefWith(url), "sandbox")).toEqual([]);
  });

  it.each(["https://shop.example.com/x", "http://93.184.216.34/", "https://[2606:2800:220:1::1]/"])(
    "%s is taken",
    (url) => {
      expect(checkLinks(briefWith(url), "live")).toEqual([]);
    },
  );

  it.each(["javascript:alert(1)", "data:text/html,x", "ftp://example.com/", "//example.com"])(
    "row 69: %s is no link at all",
    (url) => {
      expect(() => briefWith(url)).toThrow();
    },
  );
});

describe("a brief that is to be written", () => {
  it("needs the link that its button opens, and is told which there are", () => {
    const brief = briefWith("https://example.com/");
    const missing = checkReadyToPlan({ brief: { ...brief, mainLink: "store" }, angles: usualAngles }, { values: [] });
    expect(missing).toMatchObject([{ code: "brief.main_link_unknown", message: expect.stringContaining("shop") }]);
    expect(checkReadyToPlan({ brief, angles: usualAngles }, { values: [] })).toEqual([]);
  });

  it("needs something that each of its angles can speak of", () => {
    const angles = [{ angle: "values", tone: "plain", share: 1 } as const];
    const brief = briefWith("https://example.com/");
    const value = { id: "repair", text: { en: "Repair before you replace" } };
    expect(checkReadyToPlan({ brief, angles }, { values: [] })).toMatchObject([{ code: "angle.groundless" }]);
    expect(checkReadyToPlan({ brief, angles }, { values: [value] })).toEqual([]);
  });
});
