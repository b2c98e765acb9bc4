/** The prompt by which a task is written. */
import { campaignMessage } from "./campaign-message.ts";
import type { CopyPrompt } from "./copy-prompt.ts";
import type { WritingTask } from "./writer.ts";

export const promptOf = (task: Pick<WritingTask, "prompt">): CopyPrompt => task.prompt ?? campaignMessage;
