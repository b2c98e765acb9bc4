/** A carrier that can be retired: closed as soon as nothing is under way through it, and again after whoever comes late. */
import type { Carrier } from "@chorus/core/channel";

export function retiring(inner: Carrier): { carrier: Carrier; retire(): Promise<void> } {
  let underWay = 0;
  let isRetired = false;
  const closeIfDone = async () => {
    if (isRetired && underWay === 0) await inner.close?.();
  };
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    underWay++;
    try {
      return await work();
    } finally {
      underWay--;
      await closeIfDone();
    }
  };
  const { lookUp } = inner;
  const carrier: Carrier = {
    ...inner,
    send: (body, how) => counted(() => inner.send(body, how)),
    ...(lookUp ? { lookUp: (body, of) => counted(() => lookUp(body, of)) } : {}),
  };
  return {
    carrier,
    retire: () => {
      isRetired = true;
      return closeIfDone();
    },
  };
}
