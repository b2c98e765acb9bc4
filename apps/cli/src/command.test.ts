import { expect, test } from "vitest";
import { readCommand } from "./command.ts";

const read = (line: string) => readCommand(line.split(" ").filter(Boolean));

test("the demo's options are read", () => {
  expect(read("demo")).toEqual({
    is: "demo",
    options: { exit: false, json: null, limit: null, scenario: null },
    port: null,
  });
  expect(read("demo --exit --json out.json --limit 60 --port 3000")).toEqual({
    is: "demo",
    options: { exit: true, json: "out.json", limit: 60, scenario: null },
    port: 3000,
  });
});

test("help is shown for no command, for --help anywhere and for help", () => {
  for (const line of ["", "help", "--help", "-h", "demo --help", "verify -h"])
    expect(read(line)).toEqual({ is: "help" });
});

test.each([
  ["demos", /no command "demos". Did you mean demo\?/],
  ["frobnicate", /There is: demo, up, import, copy, migrate, workspace, why, export, trace, verify/],
  ["demo --exits", /demo has no option --exits. Did you mean --exit\?/],
  ["demo --limit", /--limit/],
  ["demo --limit none", /--limit is how many/],
  ["demo --limit 0", /--limit is how many/],
  ["demo --port 99999", /--port is a number from 0 to 65535/],
  ["demo now", /"now" is one word too many/],
  ["workspace --owner a@example.com", /--name/],
  ["workspace --name Shop --owner me", /--owner is the address/],
  ["trace", /Name a message or a trace/],
  ["copy --key k", /Name the file that says what is wanted/],
  ["copy a.json", /--key is an API key/],
  ["why run_1 --key k", /Name a message: why msg_/],
  ["why msg_1", /--key is an API key/],
  ["export people --key k", /export sft or export dpo/],
  ["export sft --key k --shape csv", /--shape is one of: openai, trl/],
  ["import --kind contacts --key k", /Name the CSV file/],
  ["import a.csv --kind people --key k", /contacts, products, activity/],
  ["import a.csv --kind contacts", /--key is an API key/],
  ["import a.csv --kind contacts --key k --url localhost", /--url is where the API is/],
])("%s is answered with what to type instead", (line, said) => {
  const command = read(line);
  expect(command.is).toBe("mistyped");
  expect(command.is === "mistyped" && command.message).toMatch(said);
});

test("an import names its file, kind and key; the address is only needed when nothing runs here", () => {
  const options = { file: "a.csv", kind: "contacts", key: "chorus_1", url: null };
  expect(read("import a.csv --kind contacts --key chorus_1")).toEqual({ is: "import", options });
});

test("a workspace has a name and an owner, and is live only when somebody says so", () => {
  const options = { name: "Shop", owner: "me@example.com", live: false };
  expect(read("workspace --name Shop --owner me@example.com")).toEqual({ is: "workspace", options });
  expect(read("workspace --name Shop --owner me@example.com --live")).toEqual({
    is: "workspace",
    options: { ...options, live: true },
  });
  expect(read("trace msg_1")).toEqual({ is: "trace", id: "msg_1" });
});

test("why names a message and a key, and may answer a program", () => {
  const options = { id: "msg_1", key: "chorus_1", url: null, asJson: false };
  expect(read("why msg_1 --key chorus_1")).toEqual({ is: "why", options });
  expect(read("why msg_1 --key chorus_1 --json")).toEqual({ is: "why", options: { ...options, asJson: true } });
});

test("an export says for which training, in the form of OpenAI when nobody says otherwise", () => {
  const options = { kind: "dpo", shape: "openai", key: "chorus_1", url: null };
  expect(read("export dpo --key chorus_1")).toEqual({ is: "export", options });
  expect(read("export dpo --shape trl --key chorus_1")).toEqual({
    is: "export",
    options: { ...options, shape: "trl" },
  });
});

test("verify may be asked about one run, and answer a program", () => {
  expect(read("verify")).toEqual({ is: "verify", run: null, asJson: false });
  expect(read("verify --run run_1 --json")).toEqual({ is: "verify", run: "run_1", asJson: true });
});
