/**
 * Which hand-overs came to their last byte, noted on this machine before that byte leaves. A process that dies between
 * permit and result leaves doubts; what has no note here had surely not left. A note is one write into the page cache: it
 * outlives any death of the process, but not the machine's, so notes of another boot prove nothing.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Id } from "@chorus/core/id";

export type Gate = {
  /** False: it could not be noted, and must not leave. */
  note(handOver: HandOver): boolean;
  /** What became of it is recorded, and is not a doubt. */
  forget(handOver: HandOver): void;
  /** Other workers, living and dead, that kept notes on this machine. */
  others(): Promise<Id[]>;
  /** Null: there are none of this worker since the machine's boot. */
  read(workerId: Id): Promise<Notes | null>;
  /** They have told what they could. */
  remove(workerId: Id): Promise<void>;
  close(): Promise<void>;
};

type HandOver = { readonly messageId: Id; readonly attempt: number };

export type Notes = {
  /** When the last one was written, by this machine's clock. */
  readonly lastAt: Date;
  has(handOver: HandOver): boolean;
};

type Place = {
  readonly folder: string | undefined;
  /** The database's own name (`HighWater.engine`), which keeps two installations apart that share a folder. */
  readonly engine: string;
  readonly workerId: Id;
};

const headBytes = 64;
/** The message's id and the attempt. */
const noteBytes = 16;

/** Without a folder, or where boots cannot be told apart, all pass and nothing can be proven. */
export async function openGate({ folder, engine, workerId }: Place): Promise<Gate> {
  const boot = readBoot();
  if (!folder || !boot) return openToAll;
  await mkdir(folder, { recursive: true });
  const fileOf = (id: Id) => join(folder, `${engine}.${id}`);
  return {
    ...openNotes(fileOf(workerId), boot),
    async others() {
      return (await readdir(folder))
        .map((name) => name.split("."))
        .flatMap(([of, id = ""]) => (of === engine && id !== workerId ? [id] : []));
    },
    read: (id) => readNotes(fileOf(id), boot),
    remove: (id) => rm(fileOf(id), { force: true }),
  };
}

const openToAll: Gate = {
  note: () => true,
  forget() {},
  others: async () => [],
  read: async () => null,
  async remove() {},
  async close() {},
};

/** Null where there is no Linux below. */
function readBoot(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null;
  }
}

const keyOf = ({ messageId, attempt }: HandOver): string => `${messageId}/${attempt}`;

function openNotes(file: string, boot: string): Pick<Gate, "note" | "forget" | "close"> {
  const descriptor = openSync(file, "w", 0o600);
  const head = Buffer.alloc(headBytes);
  head.write(boot);
  writeSync(descriptor, head, 0, headBytes, 0);
  const line = Buffer.alloc(noteBytes);
  /** A place is written over only when its note is forgotten, so the file stays as small as what is under way. */
  const places = new Map<string, number>();
  const free: number[] = [];
  let isKept = true;

  const write = ({ messageId, attempt }: HandOver, place: number) => {
    line.writeBigInt64LE(BigInt(messageId), 0);
    line.writeInt32LE(attempt, 8);
    if (writeSync(descriptor, line, 0, noteBytes, headBytes + place * noteBytes) < noteBytes)
      throw new Error("The note was not written whole.");
  };
  return {
    note(handOver) {
      const key = keyOf(handOver);
      if (!isKept || places.has(key)) return true;
      const place = free.pop() ?? places.size;
      places.set(key, place);
      try {
        write(handOver, place);
        return true;
      } catch {
        isKept = !isGone(file); // a file that misses one note would prove what is not true
        return !isKept;
      }
    },
    forget(handOver) {
      const key = keyOf(handOver);
      const place = places.get(key);
      if (place === undefined) return;
      places.delete(key);
      free.push(place);
    },
    async close() {
      closeSync(descriptor);
      await rm(file, { force: true });
    },
  };
}

function isGone(file: string): boolean {
  try {
    rmSync(file, { force: true });
    return true;
  } catch {
    return false;
  }
}

/** Null for notes of another machine, or of this one before it was started anew. */
async function readNotes(file: string, boot: string): Promise<Notes | null> {
  const [content, about] = await Promise.all([readFile(file), stat(file)]).catch(() => [null, null] as const);
  if (!content) return null;
  if (content.subarray(0, boot.length).toString() !== boot) return null;
  const noted = new Set<string>();
  for (let at = headBytes; at + noteBytes <= content.length; at += noteBytes)
    noted.add(keyOf({ messageId: content.readBigInt64LE(at).toString(), attempt: content.readInt32LE(at + 8) }));
  return { lastAt: about.mtime, has: (handOver) => noted.has(keyOf(handOver)) };
}
