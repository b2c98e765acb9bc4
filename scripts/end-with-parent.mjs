// Loaded before the program: if the script that runs it dies without a word (SIGKILL), the program ends in order.
const parent = Number(process.env.CHORUS_PARENT);
delete process.env.CHORUS_PARENT; // the program's own children have another parent

if (parent > 1) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 500);
  watch.unref();
}
