/** Knocking: the only way a job gets into a queue. */
import { openConnection } from "./connect.ts";
import { type Depths, readDepths } from "./depth.ts";
import { catalog, type JobName, type Payloads } from "./jobs.ts";
import { openJoiner } from "./joiner.ts";
import { jobOptions } from "./keep.ts";
import { textOf, within } from "./within.ts";

/** What became of a knock. "unreachable" loses nothing: the row that made us knock is still due, and the sweep will see it. */
export type Knock = { readonly is: "knocked" } | { readonly is: "unreachable"; readonly detail: string };

export type Producer = {
  /**
   * Asks for a second look. A knock of an id that already waits or runs is a harmless no-op: a handler that is not done
   * goes on by itself, it cannot knock for itself; and what became due while its job was ending is the sweep's. Answers
   * within 2 s, also when hundreds knock at the same moment and some are not through by then: those of one id that come
   * while one is on its way become one more behind it. Throws when the payload is not the job's: a mistake in the
   * calling code.
   */
  knock<Name extends JobName>(name: Name, payload: Payloads[Name]): Promise<Knock>;
  /** How much waits in each queue, for /metrics and /readyz. Answers within 2 s. */
  depths(): Promise<Depths>;
  close(): Promise<void>;
};

/** No knocker waits longer than this, whatever the backend does. */
const knockWithinMs = 2_000;

/** Opens no connection before the first knock needs one on PostgreSQL; on Redis it begins to connect at once. */
export function openProducer(of: { url: string }): Producer {
  const connection = openConnection(of.url, "produce");
  async function add<Name extends JobName>(name: Name, payload: Payloads[Name], id: string) {
    const queue = await connection.queue(catalog[name].queue);
    await queue.add(catalog[name].name, payload, jobOptions({ id, isKept: catalog[name].isKept ?? false }));
  }
  const addOnce = openJoiner();
  return {
    async knock(name, payload) {
      const job = catalog[name];
      const checked = job.payload.parse(payload);
      const id = job.id(checked);
      try {
        await within(
          knockWithinMs,
          addOnce(id, () => within(knockWithinMs, add(name, checked, id), "knocking")),
          "knocking",
        );
        return { is: "knocked" };
      } catch (error) {
        return { is: "unreachable", detail: textOf(error) };
      }
    },
    depths: () => readDepths(connection),
    close: () => connection.close(),
  };
}
