/** A carrier that can be retired: closed as soon as nothing is under way through it, and again after whoever comes late. */
import type { Carrier } from "@chorus/core/channel";

export type Retiring = {
  readonly carrier: Carrier;
  /** How many calls have not been answered. */
  underWay(): number;
  retire(): Promise<void>;
};

export function retiring(inner: Carrier): Retiring {
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
    underWay: () => underWay,
    retire: () => {
      isRetired = true;
      return closeIfDone();
    },
  };
}
