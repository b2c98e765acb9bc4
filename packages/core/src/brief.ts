/** What a person asks for: the goal, the offer, and everything the copy may and may not say. */
import { z } from "zod";
import { factSheet } from "./fact.ts";
import { sector } from "./sector.ts";

const phrase = z.string().min(1).max(200);

export const brief = z.strictObject({
  goal: z.string().min(1).max(500).describe("what the campaign is for, in a sentence"),
  offer: z.string().max(500).default("").describe("what is offered, in words; its figures are facts"),
  mustSay: z.array(phrase).max(20).default([]),
  mustNotSay: z.array(phrase).max(50).default([]),
  sector: sector.default("general").describe("what is advertised, where the law says more about it"),
  factSheet: factSheet.default({ facts: [], links: [] }),
  picks: z.boolean().optional().describe("whether messages to one contact show products picked for each reader"),
  mainLink: z.string().default("shop").describe("the id of the link that the call to action opens"),
});
export type Brief = z.infer<typeof brief>;
