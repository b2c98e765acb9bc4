/** Every route this API has, as Fastify was told of it: for what must hold for all of them, and for saying what else a path takes. */
import type { Permission } from "@chorus/core/role";
import type { FastifyInstance } from "fastify";

export type KnownRoute = {
  readonly method: string;
  /** As it was written: `/v1/segments/:id`. */
  readonly url: string;
  /** Set for every route that a key opens, and for no other. */
  readonly needs: Permission | null;
  readonly isHidden: boolean;
};

export type RouteList = {
  readonly all: readonly KnownRoute[];
  /** The methods that a path would have been answered for; none for a path that is nobody's. */
  methodsOf(path: string): readonly string[];
};

/** Fills while routes are registered after it. */
export function listRoutes(app: FastifyInstance): RouteList {
  const all: KnownRoute[] = [];
  const forms = new Map<string, { form: RegExp; methods: Set<string> }>();
  app.addHook("onRoute", (route) => {
    const known = forms.get(route.url) ?? { form: formOf(route.url), methods: new Set() };
    forms.set(route.url, known);
    for (const method of [route.method].flat()) {
      all.push({
        ...{ method, url: route.url, needs: route.config?.needs ?? null },
        isHidden: route.schema?.hide === true,
      });
      known.methods.add(method);
    }
  });
  return {
    all,
    methodsOf: (path) => [...forms.values()].flatMap(({ form, methods }) => (form.test(path) ? [...methods] : [])),
  };
}

/** `:name` stands for one step of the path, `*` for all that follow. */
function formOf(url: string): RegExp {
  const steps = url.split("/").map((step) => {
    if (step === "*") return ".*";
    return step.startsWith(":") ? "[^/]+" : step.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${steps.join("/")}$`);
}
