/** The other end of child.ts: a loop says that it is up, gets its order, reports, and stays until it has been looked at. */

export const mayGo = "may go";

export function answerOrder<Order, Report>(run: (order: Order) => Promise<Report>): void {
  process.on("message", async (message) => {
    if (message === mayGo) return process.disconnect();
    process.send?.(await run(message as Order));
  });
  process.send?.("up");
}
