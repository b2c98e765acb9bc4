/** The levers on one run, for whoever has more than one of a campaign; and what sends an ended one on to the unsent. */
import { movedView, resentView } from "@chorus/core/wire-runs";
import { recordAudit } from "@chorus/db/audit";
import { moveRunOf } from "@chorus/db/runs";
import { type Reopened, reopenRun } from "@chorus/db/send-unsent";
import { callerOf } from "../auth.ts";
import { idParams } from "../campaign-body.ts";
import { notFound, type Refusal, refuse } from "../problem.ts";
import { knockMoved, refusedInState, refusedMove, runRef } from "../run-levers.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function runLeverRoutes(app: Api, world: World): void {
  for (const action of ["pause", "resume", "cancel"] as const)
    app.route({
      method: "POST",
      url: `/v1/runs/:id/${action}`,
      config: { needs: action === "resume" ? "launch" : "halt" },
      schema: { summary: `${action} one run`, params: idParams, response: { 200: movedView } },
      handler: async (request, reply) => {
        const runId = world.seal.open("run", request.params.id);
        const { person, workspace } = callerOf(request);
        const of = runId && { workspaceId: workspace.id, runId, action, personId: person.id };
        const move = of && (await moveRunOf(world.db, of));
        if (!move || (move.is === "refused" && move.state === null)) return refuse(reply, notFound("run"));
        const [moved] = await knockMoved(world, action, [move]);
        if (!moved) return refuse(reply, refusedMove(action, [move]));
        return { run: runRef(world, moved), alreadyWithProvider: moved.alreadyWithProvider };
      },
    });
  app.route({
    method: "POST",
    url: "/v1/runs/:id/send-unsent",
    config: { needs: "launch" },
    schema: {
      summary: "Send a run that has ended on to those whom nothing of it reached",
      params: idParams,
      response: { 200: resentView },
    },
    handler: async (request, reply) => {
      const { person, workspace } = callerOf(request);
      const runId = world.seal.open("run", request.params.id);
      if (!runId) return refuse(reply, notFound("run"));
      const reopened = await reopenRun(world.db, { workspaceId: workspace.id, runId });
      if (reopened.is !== "reopened") return refuse(reply, whyNot(reopened));
      const by = { workspaceId: workspace.id, personId: person.id };
      const detail = { unsent: reopened.unsent };
      if (reopened.isNew)
        await recordAudit(world.db, { ...by, action: "run.send_unsent", subject: `run:${runId}`, detail });
      await world.producer.knock("expandAudience", { runId });
      return { run: runRef(world, { runId, state: reopened.state }), unsent: reopened.unsent };
    },
  });
}

function whyNot(reopened: Exclude<Reopened, { is: "reopened" }>): Refusal {
  switch (reopened.is) {
    case "missing":
      return notFound("run");
    case "not_over": {
      const { state } = reopened;
      return refusedInState(state, `Only the run of a campaign that has ended can be sent on; this one is ${state}.`);
    }
    case "nothing_unsent": {
      const message = "Nothing of this run is unsent: everybody was reached, may have been, or must not be written to.";
      return { is: "conflict", detail: message, errors: [{ path: "", code: "run.nothing_unsent", message }] };
    }
    case "not_approved": {
      const message = "What this run sent is not what is approved now. Make a new campaign for those it did not reach.";
      return { is: "conflict", detail: message, errors: [{ path: "", code: "approval.stale", message }] };
    }
  }
}
