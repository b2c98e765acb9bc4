/** Cuts what a relay says into whole replies (RFC 5321 §4.2): the lines of one reply carry its code, the last one a space. */

/** Longer than any honest reply; a relay that goes on and on is not listened to. */
const longest = 64 * 1024;
const replyLine = /^\d{3}(?:[ -]|$)/;

export type Replies = {
  /** False: this is not SMTP. */
  take(chunk: Buffer): boolean;
};

/** `more`: the relay had already gone on speaking. */
export function openReplies(heard: (reply: string, more: boolean) => void): Replies {
  let rest = "";
  let lines = "";
  return {
    take(chunk) {
      rest += chunk.toString("latin1");
      for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
        const line = rest.slice(0, rest[end - 1] === "\r" ? end - 1 : end);
        rest = rest.slice(end + 1);
        if (!replyLine.test(line)) return false;
        lines = lines ? `${lines}\n${line}` : line;
        if (line[3] === "-") continue;
        const reply = lines;
        lines = "";
        heard(reply, rest.length > 0);
      }
      return rest.length + lines.length <= longest;
    },
  };
}
