/** What is advertised, where the law says more about it than about everything else (China's Advertising Law, Art. 16-26). */
import { z } from "zod";

export const sectors = [
  "general",
  "medical",
  "drug",
  "health_food",
  "pesticide",
  "alcohol",
  "education",
  "finance",
  "real_estate",
] as const;

export const sector = z.enum(sectors);
export type Sector = z.infer<typeof sector>;
