/** The same witness, and whoever reads along hears what it sees. */
import type { HandOverOf, Witness } from "./provider.ts";

export function aloud(witness: Witness, say: (line: string) => void): Witness {
  const name = ({ messageId, attempt }: HandOverOf) => `message ${messageId}, attempt ${attempt}`;
  return {
    left(of) {
      say(`provider: ${name(of)} left its worker`);
      witness.left(of);
    },
    taken(of) {
      say(`provider: ${name(of)} taken`);
      witness.taken(of);
    },
    told(process, of, outcome) {
      say(`${process.name} ${name(of)} ${outcome.is}${"detail" in outcome ? `, ${outcome.detail}` : ""}`);
      witness.told(process, of, outcome);
    },
    reported(messageId) {
      say(`provider: reports on message ${messageId}`);
      witness.reported(messageId);
    },
  };
}
