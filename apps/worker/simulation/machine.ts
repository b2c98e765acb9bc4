/** The steps of the ledger's machine that the simulated ledger takes. A planted bug puts another in the place of one. */
import {
  answerDoubtOf,
  handBackEntry,
  leaseEntry,
  permitEntry,
  proveUnsentEntry,
  recordEntry,
  reportEntry,
  sweepEntry,
  takeDoubtOf,
} from "@chorus/core/ledger";

export const machine = {
  lease: leaseEntry,
  permit: permitEntry,
  handBack: handBackEntry,
  record: recordEntry,
  sweep: sweepEntry,
  takeDoubt: takeDoubtOf,
  answerDoubt: answerDoubtOf,
  proveUnsent: proveUnsentEntry,
  report: reportEntry,
};
export type Machine = typeof machine;
