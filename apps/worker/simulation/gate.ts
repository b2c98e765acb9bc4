/** The notes that the workers of a simulated machine leave: like files, they outlive whoever wrote them. */
import type { Id } from "@chorus/core/id";
import type { Gate } from "../src/gate.ts";

export type SimulatedNotes = {
  readonly files: Map<Id, { lastAt: number; readonly kept: Set<string> }>;
  /** Everything that was ever noted, for the referee. */
  readonly ever: Set<string>;
};

type HandOver = { readonly messageId: Id; readonly attempt: number };

const nameOf = ({ messageId, attempt }: HandOver) => `${messageId} ${attempt}`;

export const noNotes = (): SimulatedNotes => ({ files: new Map(), ever: new Set() });

/** By anybody, at any time: it was about to leave. */
export const wasNoted = ({ ever }: SimulatedNotes, handOver: HandOver): boolean => ever.has(nameOf(handOver));

export function openSimulatedGate(of: { notes: SimulatedNotes; workerId: Id; now: () => number }): Gate {
  const { files, ever } = of.notes;
  const mine = { lastAt: of.now(), kept: new Set<string>() };
  files.set(of.workerId, mine);
  return {
    note(handOver) {
      mine.lastAt = of.now();
      mine.kept.add(nameOf(handOver));
      ever.add(nameOf(handOver));
      return true;
    },
    forget: (handOver) => void mine.kept.delete(nameOf(handOver)),
    others: async () => [...files.keys()].filter((id) => id !== of.workerId),
    async read(workerId) {
      const notes = files.get(workerId);
      if (!notes) return null;
      const kept = new Set(notes.kept);
      return { lastAt: new Date(notes.lastAt), has: (handOver) => kept.has(nameOf(handOver)) };
    },
    remove: async (workerId) => void files.delete(workerId),
    close: async () => void files.delete(of.workerId),
  };
}
