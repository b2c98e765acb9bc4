/** The notes that the workers of a simulated machine leave: like files, they outlive whoever wrote them. */
import type { Id } from "@chorus/core/id";
import type { Gate } from "../src/gate.ts";

export type SimulatedNotes = Map<Id, { lastAt: number; readonly kept: Set<string> }>;

const nameOf = ({ messageId, attempt }: { messageId: Id; attempt: number }) => `${messageId} ${attempt}`;

/** By anybody whose notes are still there. */
export const isNoted = (notes: SimulatedNotes, handOver: { messageId: Id; attempt: number }): boolean =>
  [...notes.values()].some(({ kept }) => kept.has(nameOf(handOver)));

export function openSimulatedGate(of: { notes: SimulatedNotes; workerId: Id; now: () => number }): Gate {
  const mine = { lastAt: of.now(), kept: new Set<string>() };
  of.notes.set(of.workerId, mine);
  return {
    note(handOver) {
      mine.lastAt = of.now();
      mine.kept.add(nameOf(handOver));
      return true;
    },
    forget: (handOver) => void mine.kept.delete(nameOf(handOver)),
    others: async () => [...of.notes.keys()].filter((id) => id !== of.workerId),
    async read(workerId) {
      const notes = of.notes.get(workerId);
      if (!notes) return null;
      const kept = new Set(notes.kept);
      return { lastAt: new Date(notes.lastAt), has: (handOver) => kept.has(nameOf(handOver)) };
    },
    remove: async (workerId) => void of.notes.delete(workerId),
    close: async () => {},
  };
}
