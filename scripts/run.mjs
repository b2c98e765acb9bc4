// The one door: makes this clone ready (packages, generated client), then runs what was asked. It must work before
// anything is installed and say something useful on a Node that is too old, so this file keeps to old syntax.
import process from "node:process";

var version = process.versions.node.split(".").map(Number);
var major = version[0];
var minor = version[1];
// What Prisma 7 and Vite 8 both run on.
var isSupported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;

if (!isSupported) {
  console.error(
    "Chorus needs Node 20.19 or newer (of the 22 line: 22.12 or newer), and this is " +
      process.versions.node +
      ". Get one from https://nodejs.org and try again.",
  );
  process.exit(1);
}

import("./commands.mjs")
  .then((commands) => commands.run(process.argv.slice(2)))
  .then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
