/** docker-compose.yml as Compose reads it, as far as ours uses its language: anchors, merge keys, variables, conditions. */
import { parse } from "yaml";

export type Condition = "service_started" | "service_healthy" | "service_completed_successfully";

export type Service = {
  readonly name: string;
  /** null: it is built from our Dockerfile. */
  readonly image: string | null;
  readonly command: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck: Healthcheck | null;
  readonly dependsOn: Readonly<Record<string, Condition>>;
  /** `host:container`, as written. */
  readonly ports: readonly string[];
  /** `volume:folder`, as written. */
  readonly volumes: readonly string[];
  /** The service whose network it shares. */
  readonly network: string | null;
};
export type Healthcheck = {
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly retries: number;
};

type Written = {
  build?: string;
  image?: string;
  command?: string[];
  environment?: Record<string, string | number>;
  healthcheck?: { test?: string[]; disable?: boolean; interval?: string; retries?: number };
  depends_on?: Record<string, { condition: Condition }>;
  ports?: string[];
  volumes?: string[];
  network_mode?: string;
};

/** `variables` are those of whoever calls Compose. Throws when the file asks for one that is not set. */
export function readComposeFile(text: string, variables: Readonly<Record<string, string>>): Service[] {
  const { services } = interpolate(parse(text, { merge: true }), variables) as { services: Record<string, Written> };
  return Object.entries(services).map(([name, written]) => readService(name, written));
}

function readService(name: string, of: Written): Service {
  const network = /^service:(.+)$/.exec(of.network_mode ?? "")?.[1] ?? null;
  const waits = Object.entries(of.depends_on ?? {}).map(([other, { condition }]) => [other, condition] as const);
  return {
    name,
    image: of.build === undefined ? (of.image ?? "") : null,
    command: of.command ?? null,
    environment: Object.fromEntries(Object.entries(of.environment ?? {}).map(([key, value]) => [key, String(value)])),
    healthcheck: readHealthcheck(of.healthcheck),
    dependsOn: { ...(network ? { [network]: "service_started" } : {}), ...Object.fromEntries(waits) },
    ports: of.ports ?? [],
    volumes: of.volumes ?? [],
    network,
  };
}

function readHealthcheck(of: Written["healthcheck"]): Healthcheck | null {
  if (!of?.test || of.disable) return null;
  const [form, ...command] = of.test;
  if (form !== "CMD") throw new Error(`A healthcheck is written as ["CMD", …], and this one begins with ${form}.`);
  return { command, intervalMs: Number.parseInt(of.interval ?? "30s", 10) * 1_000, retries: of.retries ?? 3 };
}

/** `${NAME:?what to say}` and `$$`, in every text of the file. */
function interpolate(node: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof node === "string")
    return node.replace(/\$\$|\$\{(\w+):\?([^}]*)\}/g, (found, name?: string, complaint?: string) => {
      if (name === undefined) return found === "$$" ? "$" : found;
      const value = variables[name];
      if (!value) throw new Error(`${name}: ${complaint}`);
      return value;
    });
  if (Array.isArray(node)) return node.map((each) => interpolate(each, variables));
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, interpolate(value, variables)]));
}

/** So that each comes after all that it waits for. Throws on a circle. */
export function inStartOrder(services: readonly Service[]): Service[] {
  const ordered: Service[] = [];
  for (let left = [...services]; left.length > 0; ) {
    const isReady = (each: Service) =>
      Object.keys(each.dependsOn).every((name) => ordered.some((one) => one.name === name));
    const ready = left.filter(isReady);
    if (ready.length === 0) throw new Error(`These wait for each other: ${left.map((each) => each.name).join(", ")}.`);
    ordered.push(...ready);
    left = left.filter((each) => !ready.includes(each));
  }
  return ordered;
}
