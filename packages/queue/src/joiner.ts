/** Many who ask for the same work at the same moment, and little work. */

/**
 * Work of one id that is asked for while some is under way is done once more behind it, for all who asked: what had
 * begun may have looked before their rows were there.
 */
export function openJoiner(): (id: string, work: () => Promise<void>) => Promise<void> {
  const underWay = new Map<string, { now: Promise<void>; next: Promise<void> | null }>();
  return function join(id, work): Promise<void> {
    const going = underWay.get(id);
    if (going) {
      const again = (): Promise<void> => join(id, work);
      going.next ??= going.now.then(again, again);
      return going.next;
    }
    const now = work().finally(() => underWay.delete(id));
    underWay.set(id, { now, next: null });
    return now;
  };
}
