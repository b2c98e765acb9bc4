/** Lists come in pages. The cursor is opaque: give back the one you were given. */
import { z } from "zod";

export const largestPage = 200;

/** The query fields of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(largestPage).default(50),
  cursor: z.string().max(600).optional(),
};

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe("null when this was the last page"),
  });

/** An id as the outside sees it: `con_…`. Whether it names something of this workspace is asked in the database. */
export const publicId = z.string().max(64);
