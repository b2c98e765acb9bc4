import { describe, expect, test } from "vitest";
import { countryOf, timeZoneOf } from "./country.ts";
import { countryTable } from "./country-table.ts";
import { isTimeZone } from "./permission.ts";

describe("countries", () => {
  test.each([
    ["United Kingdom", "GB", "en-GB", "Europe/London"],
    ["EIRE", "IE", "en-IE", "Europe/Dublin"],
    ["RSA", "ZA", "en-ZA", "Africa/Johannesburg"],
    ["Channel Islands", "JE", "en-GB", "Europe/Jersey"],
    ["Czech Republic", "CZ", "cs-CZ", "Europe/Prague"],
    ["United Arab Emirates", "AE", "ar-AE", "Asia/Dubai"],
    ["  germany ", "DE", "de-DE", "Europe/Berlin"],
    ["de", "DE", "de-DE", "Europe/Berlin"],
    ["BOSNIA AND HERZEGOVINA", "BA", "bs-BA", "Europe/Sarajevo"],
    ["Cote d'Ivoire", "CI", "fr-CI", "Africa/Abidjan"],
    ["中国", "CN", "zh-CN", "Asia/Shanghai"],
  ])("%s is %s, speaks %s and lives by %s", (text, code, locale, timeZone) => {
    expect(countryOf(text)).toMatchObject({ code, locale, timeZones: expect.arrayContaining([timeZone]) });
  });

  test("one with several clocks does not tell by which of them somebody lives", () => {
    const zoneIn = (text: string) => timeZoneOf(countryOf(text) ?? expect.fail(text));
    expect([zoneIn("USA"), zoneIn("Spain"), zoneIn("Argentina")]).toEqual([
      null,
      null,
      "America/Argentina/Buenos_Aires",
    ]);
  });

  test.each(["European Community", "Unspecified", "", "Atlantis", "XX"])("%j is no one country", (text) => {
    expect(countryOf(text)).toBeNull();
  });

  test("every locale and time zone in the table is one that this runtime knows", () => {
    const wrong = countryTable
      .trim()
      .split("\n")
      .filter((line) => {
        const [, locale = "", zones = ""] = line.split(" ");
        return Intl.getCanonicalLocales(locale)[0] !== locale || !zones.split(",").every(isTimeZone);
      });
    expect(wrong).toEqual([]);
  });
});
