/** Search words in a pattern: the client passes them on as they are, where % and _ would match anything. */
export const literally = (words: string): string => words.replace(/[\\%_]/g, "\\$&");
