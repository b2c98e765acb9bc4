/** A program that is to run as long as we do: one that asks for a fresh process gets it, one that ends otherwise ends us. */
import { startAgain } from "@chorus/worker/start-again";
import type { Halt } from "./halt.ts";
import { type RunningProcess, startProcess, type Wanted } from "./processes.ts";

type Keeping = { readonly halt: Halt; readonly say: (line: string) => void };

/** Answers with the first of its processes; `stop` and `kill` are for whichever runs when they are called. */
export async function keepProcess<Ready>(
  wanted: Wanted<Ready>,
  { halt, say }: Keeping,
): Promise<RunningProcess<Ready>> {
  const start = () => startProcess(wanted, halt.signal);
  let running = await start();
  let starting: Promise<void> | null = null;
  let isStopping = false;

  async function watch(): Promise<void> {
    const { how, code } = await running.ended;
    if (isStopping) return;
    if (code !== startAgain) return halt.fail(new Error(how));
    say(`${how}\nIt is started again.`);
    starting = start().then((fresh) => {
      running = fresh;
    });
    await starting;
    await watch();
  }

  watch().catch(halt.fail);
  return {
    ...running,
    async stop() {
      isStopping = true;
      await starting?.catch(() => {}); // it has failed us already
      await running.stop();
    },
    kill: () => running.kill(),
  };
}
