/** The steps of the ledger as PostgreSQL takes them. */
import { blockCarrier, closeCircuit, pauseCarrier, returnProbe, takeProbe } from "@chorus/db/circuit";
import { answerDoubt, doubtsOf, proveUnsent, takeDoubts } from "@chorus/db/doubts";
import { handBack, lease } from "@chorus/db/lease";
import { readLeftBehind } from "@chorus/db/left-behind";
import type { Db } from "@chorus/db/open";
import { permit } from "@chorus/db/permit";
import { recordResults } from "@chorus/db/result";
import { sweep } from "@chorus/db/sweep";
import { beat } from "@chorus/db/workers";
import type { Steps } from "./ledger.ts";

export const stepsIn = (db: Db): Steps => ({
  lease: (wish) => lease(db, wish),
  permit: (wishes, sendWithinMs) => permit(db, wishes, sendWithinMs),
  record: (workerId, results) => recordResults(db, workerId, results),
  handBack: (messages) => handBack(db, messages),
  proveUnsent: (handOvers) => proveUnsent(db, handOvers),
  doubtsOf: (workerId, messageIds) => doubtsOf(db, workerId, messageIds),
  sweep: () => sweep(db, { looks: "in turn" }),
  beat: (workerId, signs) => beat(db, workerId, signs),
  doubts: {
    take: (limit) => takeDoubts(db, limit),
    answer: (of) => answerDoubt(db, of),
    leftBehind: (workerId) => readLeftBehind(db, workerId),
    settleUnsent: (handOvers) => proveUnsent(db, handOvers),
  },
  circuit: {
    block: (of) => blockCarrier(db, db.sql, of),
    pause: (of) => pauseCarrier(db, db.sql, of),
    takeProbe: (of) => takeProbe(db, of),
    returnProbe: (of) => returnProbe(db, of),
    close: (of) => closeCircuit(db, of),
  },
});
