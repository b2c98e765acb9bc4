/**
 * How many messages of one carrier may be between permit and answer at once in this process: one on each of its lines,
 * and as many more as the lines can take while a permit is on its way. A fast relay is kept busy like this, and a slow one
 * has next to nothing permitted that it has not been handed yet: that would be a doubt if the process died.
 *
 * Domains share the slots, as destinations share Postfix's processes: each begins with one, has one more with every quick
 * answer and half as many after a slow one, and never has the last fifth while others come too; only a slow one holds up
 * what is urgent. Whoever would wait long for one that is slower than the others is told to come again later, and makes
 * room.
 */
import { realTime, type Time } from "./time.ts";

export type Slots = {
  /** For how many milliseconds a message to this domain had better be left alone; null: it may come. */
  putOff(domain: string | null): number | null;
  /** Whoever is urgent is served before all who are not. Null: none came free for half a lease. */
  take(who: Asking): Promise<Slot | null>;
};

export type Slot = {
  giveBack(): void;
  /** How long permit and hand-over took, in milliseconds. */
  measured(took: Took): void;
};

/** `domain`: whoever answers for it behind the provider; null where that is the provider alone. */
type Asking = { readonly urgent: boolean; readonly domain: string | null };
type Took = { readonly permitMs: number; readonly handOverMs: number };

/** A figure of one moment counts for this part of the running mean. */
const weight = 1 / 32;
const aheadAtMost = 200;
/** More than the answers of a permit's time: whether the lines could take more is only seen when there is more. */
const growth = 2;
/** Half a lease. */
const patienceMs = 5_000;
/**
 * To look again and again at all that wait for a slow one must cost the others little; and a relay that stood still for a
 * moment made every domain slow, for which nobody is to wait long.
 */
const putOffAtMostMs = 2 * 60_000;
/** A domain is slow when it takes so many times as long as usual, and not for less than that. */
const slowTimes = 8;
const slowAtLeastMs = 250;
const shareAtMost = 0.8;
/** A domain is alone when no other has come for so long. */
const aloneAfterMs = 1_000;
/** Nobody is behind one that has been alone for so long, and nothing is won by putting it off. */
const longAloneMs = 10_000;
/** One that is forgotten begins anew, with one line. */
const rememberedAtMost = 1_000;

type Waiting = (slot: Slot | null) => void;

type Domain = {
  readonly name: string | null;
  /** At most so many under way. */
  width: number;
  lastMs: number;
  /** Told to come again since the last answer. */
  putOff: number;
  /** Since when each has been under way, the first first. */
  readonly underWay: Set<{ readonly since: number }>;
  readonly urgent: Set<Waiting>;
  readonly calm: Set<Waiting>;
};

/** `lines`: hand-overs that the carrier can have under way. */
export function openSlots(lines: number, time: Pick<Time, "now" | "after"> = realTime): Slots {
  let taken = 0;
  let ahead = 0;
  let answeredAt = time.now();
  let mean: { readonly permitMs: number; readonly apartMs: number } | null = null;
  /** A running median: slow domains are few, and do not move it. */
  let usualMs: number | null = null;
  const domains = new Map<string | null, Domain>();
  /** Those with somebody waiting, in the order of their turns. */
  const inLine = { urgent: new Set<Domain>(), calm: new Set<Domain>() };
  /** Who came last, and when somebody else last did. */
  let newest = { name: null as string | null, at: Number.NEGATIVE_INFINITY };
  let othersAt = Number.NEGATIVE_INFINITY;

  const slowMs = () => (usualMs === null ? Number.POSITIVE_INFINITY : Math.max(slowAtLeastMs, slowTimes * usualMs));
  const ageOf = ({ underWay }: Domain) => {
    const [oldest] = underWay;
    return oldest ? time.now() - oldest.since : 0;
  };
  /** Half of what is under way takes too long, and more than one where more may be: a mail that hangs says nothing about others. */
  const isStuck = ({ underWay, width }: Domain) => {
    const before = time.now() - slowMs();
    let late = 0;
    for (const { since } of underWay) {
      if (since >= before) break;
      late++;
    }
    return late >= Math.min(width, 2) && 2 * late >= underWay.size;
  };
  const widthOf = (domain: Domain) => (domain.name !== null && isStuck(domain) ? 1 : domain.width);
  const isSlow = (domain: Domain) => domain.lastMs > slowMs() || isStuck(domain);
  const aloneForMs = ({ name }: Domain) => time.now() - (newest.name === name ? othersAt : newest.at);
  const mayCome = (domain: Domain, kind: "urgent" | "calm") => {
    if (kind === "urgent" && !isSlow(domain)) return true;
    const most =
      aloneForMs(domain) > aloneAfterMs
        ? Number.POSITIVE_INFINITY
        : Math.max(1, Math.floor(shareAtMost * (lines + ahead)));
    return domain.underWay.size < Math.min(widthOf(domain), most);
  };

  function domainOf(name: string | null): Domain {
    const known = domains.get(name);
    if (known) return known;
    const width = name === null ? Number.POSITIVE_INFINITY : 1;
    const sets = { underWay: new Set<{ since: number }>(), urgent: new Set<Waiting>(), calm: new Set<Waiting>() };
    const domain: Domain = { name, width, lastMs: 0, putOff: 0, ...sets };
    if (domains.size >= rememberedAtMost) forgetOne();
    domains.set(name, domain);
    return domain;
  }
  function forgetOne(): void {
    for (const { name, underWay, urgent, calm } of domains.values())
      if (underWay.size + urgent.size + calm.size === 0) return void domains.delete(name);
  }

  function leave(domain: Domain, kind: "urgent" | "calm", who: Waiting): void {
    domain[kind].delete(who);
    inLine[kind].delete(domain);
    if (domain[kind].size > 0) inLine[kind].add(domain); // behind the others
  }
  function serve(): void {
    for (const kind of ["urgent", "calm"] as const)
      for (let next = nextOf(kind); next && taken < lines + ahead; next = nextOf(kind)) {
        const [who] = next[kind];
        if (!who) break;
        leave(next, kind, who);
        who(slotOf(next));
      }
  }
  const nextOf = (kind: "urgent" | "calm"): Domain | null => {
    for (const domain of inLine[kind]) if (mayCome(domain, kind)) return domain;
    return null;
  };

  function slotOf(domain: Domain): Slot {
    const mine = { since: time.now() };
    if (taken === 0) answeredAt = mine.since; // a rest is no time between two answers
    domain.underWay.add(mine);
    taken++;
    return {
      giveBack() {
        if (!domain.underWay.delete(mine)) return;
        taken--;
        serve();
      },
      measured(took) {
        learn(domain, took);
        serve();
      },
    };
  }
  function learn(domain: Domain, { permitMs, handOverMs }: Took): void {
    const { width } = domain;
    domain.width =
      handOverMs > slowMs() ? Math.max(1, Math.floor(width / 2)) : Math.min(width + 1, lines + aheadAtMost);
    Object.assign(domain, { lastMs: handOverMs, putOff: 0 });
    usualMs = usualMs === null ? handOverMs : usualMs * (handOverMs > usualMs ? 1.1 : 1 / 1.1);
    const apartMs = time.now() - answeredAt;
    answeredAt = time.now();
    const before = mean ?? { permitMs, apartMs };
    mean = {
      permitMs: before.permitMs + weight * (permitMs - before.permitMs),
      apartMs: before.apartMs + weight * (apartMs - before.apartMs),
    };
    ahead = Math.min(aheadAtMost, Math.ceil((growth * mean.permitMs) / Math.max(mean.apartMs, 0.1)));
  }

  return {
    putOff(name) {
      const domain = name === null ? undefined : domains.get(name);
      if (!domain || aloneForMs(domain) > longAloneMs || domain.underWay.size < widthOf(domain)) return null;
      const eachMs = Math.max(domain.lastMs, ageOf(domain)) / widthOf(domain);
      if (!isSlow(domain) || eachMs * (domain.urgent.size + domain.calm.size + 1) <= patienceMs) return null;
      domain.putOff++;
      return Math.min(putOffAtMostMs, Math.max(patienceMs, eachMs * (domain.putOff + 1)));
    },
    take: ({ urgent, domain: name }) =>
      new Promise((resolve) => {
        const domain = domainOf(name);
        const kind = urgent ? "urgent" : "calm";
        const giveUp = time.after(patienceMs, () => {
          leave(domain, kind, who);
          resolve(null);
        });
        const who: Waiting = (slot) => {
          giveUp();
          resolve(slot);
        };
        domain[kind].add(who);
        inLine[kind].add(domain);
        if (name !== newest.name) othersAt = newest.at;
        newest = { name, at: time.now() };
        serve();
      }),
  };
}
