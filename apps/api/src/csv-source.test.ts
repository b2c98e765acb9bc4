import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { CsvBroken, openCsv } from "./csv-source.ts";

/** Arrives in pieces of any size, as over a wire. */
const arriving = (bytes: Buffer, pieces = 7) =>
  Readable.from(
    (function* () {
      for (let i = 0; i < bytes.length; i += pieces) yield bytes.subarray(i, i + pieces);
    })(),
  );

async function readAll(bytes: Buffer, charset?: string) {
  const opened = await openCsv(arriving(bytes), { charset });
  if (opened.is === "bad") return { problem: opened.problems[0]?.code };
  const rows: string[][] = [];
  try {
    for await (const row of opened.value.rows) rows.push(row);
  } catch (error) {
    if (error instanceof CsvBroken) return { columns: opened.value.columns, rows, problem: error.problem.code };
    throw error;
  }
  return { columns: opened.value.columns, rows, encoding: opened.value.encoding, hash: opened.value.contentHash() };
}

const chinese = "编号,姓名,城市\n1,王小明,北京\n2,李芳,上海\n";
/** GB18030 for the text above, from Python's codec. */
const inGb18030 = Buffer.from(
  "b1e0bac52cd0d5c3fb2cb3c7cad00a312ccdf5d0a1c3f72cb1b1bea90a322cc0eeb7bc2cc9cfbaa30a",
  "hex",
);

describe("reading CSV", () => {
  test.each([
    ["26: UTF-8 with a mark", Buffer.from(`\ufeff${chinese}`), "utf-8"],
    ["26: UTF-16 with a mark", Buffer.from(`\ufeff${chinese}`, "utf16le"), "utf-16le"],
    ["26: UTF-16 the other way round, with a mark", Buffer.from(`\ufeff${chinese}`, "utf16le").swap16(), "utf-16be"],
    ["26: GB18030", inGb18030, "gb18030"],
  ])("%s is detected", async (_title, bytes, encoding) => {
    const read = await readAll(bytes);
    expect(read).toMatchObject({ columns: ["编号", "姓名", "城市"], encoding });
    expect(read.rows).toEqual([
      ["1", "王小明", "北京"],
      ["2", "李芳", "上海"],
    ]);
  });

  test("26: UTF-16 without a mark is detected by its zeros", async () => {
    const read = await readAll(Buffer.from("external_id,first_name\n1,Zoë\n", "utf16le"));
    expect(read).toMatchObject({ columns: ["external_id", "first_name"], rows: [["1", "Zoë"]], encoding: "utf-16le" });
  });

  test("26: Latin-1 is detected by letters that stand alone", async () => {
    const read = await readAll(Buffer.from("id,name\n1,José Pérez\n2,Zoë\n", "latin1"));
    expect(read.rows).toEqual([
      ["1", "José Pérez"],
      ["2", "Zoë"],
    ]);
  });

  test("26: what could be read in two ways is asked", async () => {
    const bytes = Buffer.concat([
      Buffer.from("id,name\n1,"),
      Buffer.from("c0ee", "hex"),
      Buffer.from("\n2,José\n", "latin1"),
    ]);
    expect(await readAll(bytes)).toEqual({ problem: "csv.encoding_ambiguous" });
    expect(await readAll(bytes, "latin1")).toMatchObject({ encoding: "windows-1252" });
  });

  test("26: a charset nobody knows is refused with those that are known", async () => {
    expect(await readAll(Buffer.from("a,b\n"), "ebcdic")).toEqual({ problem: "csv.charset_unknown" });
  });

  test.each([
    ["semicolons", "a;b;c\n1;2;3\n"],
    ["tabs", "a\tb\tc\n1\t2\t3\n"],
    ["commas with CR LF", "a,b,c\r\n1,2,3\r\n"],
    ["line ends that change within the file", "a,b,c\r\n1,2,3\n"],
    ["old Macintosh line ends", "a,b,c\r1,2,3\r"],
    ["no line end at the end", "a,b,c\n1,2,3"],
    ["empty lines between", "a,b,c\n\n1,2,3\n\n"],
  ])("27: %s are understood", async (_title, text) => {
    expect(await readAll(Buffer.from(text))).toMatchObject({ columns: ["a", "b", "c"], rows: [["1", "2", "3"]] });
  });

  test("27: a separator inside quotes separates nothing, and a quoted line end ends nothing", async () => {
    const read = await readAll(Buffer.from('"a,x";b\n"one\ntwo; three";"say ""hi"""\n'));
    expect(read).toMatchObject({ columns: ["a,x", "b"], rows: [["one\ntwo; three", 'say "hi"']] });
  });

  test("28: a quote that is never closed stops the file there, and what stands before it was read", async () => {
    const bytes = Buffer.from(`a,b\n1,2\n3,"never closed\n${"4,5\n".repeat(100_000)}`);
    const read = await readAll(bytes);
    expect(read).toMatchObject({ rows: [["1", "2"]], problem: "csv.quote_unclosed" });
  });

  test("28: bytes that stop being text stop the file there", async () => {
    const bytes = Buffer.concat([Buffer.from(`a\n${"x\n".repeat(50_000)}`), Buffer.from([0xff, 0x0a])]);
    const read = await readAll(bytes);
    expect(read.problem).toBe("text.encoding");
    expect(read.rows?.length).toBeGreaterThan(30_000);
  });

  test.each([
    ["a quote in the header that is never closed", Buffer.from('a,"b\n1,2\n'), "csv.quote_unclosed"],
    ["a header that is not in the charset it is said to be in", Buffer.from([0x61, 0xff, 0x0a]), "text.encoding"],
  ])("29: %s is refused", async (_title, bytes, problem) => {
    expect(await readAll(bytes, "utf-8")).toEqual({ problem });
  });

  test("37: an upload that ends in the middle of the header is refused as cut", async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from("external_id,na");
        throw new Error("aborted");
      })(),
    );
    expect(await openCsv(broken, {})).toMatchObject({ is: "bad", problems: [{ code: "upload.cut" }] });
  });

  test("29: an empty file is refused", async () => {
    expect(await readAll(Buffer.from(""))).toEqual({ problem: "csv.empty" });
    expect(await readAll(Buffer.from("\ufeff\n\n"))).toEqual({ problem: "csv.empty" });
  });

  test("37: the hash is of every byte of the file", async () => {
    const bytes = Buffer.from("a,b\n1,2\n");
    expect((await readAll(bytes)).hash).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  test("the sender's connection stays open when the header is refused", async () => {
    const body = arriving(Buffer.from(`a,b\n${"1,2\n".repeat(100_000)}`), 1_000);
    const opened = await openCsv(body, {});
    expect(opened.is).toBe("ok");
    expect(body.destroyed).toBe(false);
    body.destroy();
  });
});
