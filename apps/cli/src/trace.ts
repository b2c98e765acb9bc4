/** From a message to its trace and back: both names are the same 16 bytes, so nothing has to be asked. */
import { publicIdOf, traceIdOf } from "@chorus/core/trace-id";

export function showTrace(id: string, say: (line: string) => void): number {
  const other = traceIdOf(id) ?? publicIdOf(id.toLowerCase());
  if (other === null) throw new Error(`"${id}" is neither a message (msg_… ) nor a trace (32 hexadecimal digits).`);
  say(other);
  return 0;
}
