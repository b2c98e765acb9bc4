/** Lanes, workers and providers as Prometheus reads them: the same rows that the operators' page shows, of every workspace. */
import type { LaneSight } from "@chorus/db/lanes";
import type { CarrierSight } from "@chorus/db/sights";
import type { WorkerSight } from "@chorus/db/workers";
import { Gauge, type Registry } from "prom-client";

type Sight = {
  readonly lanes: readonly LaneSight[];
  readonly workers: readonly WorkerSight[];
  readonly carriers: readonly CarrierSight[];
};

const laneLabels = ["channel", "class", "lane"];

/** `set(null)` while the database cannot be asked: what is not known is not shown. */
export function openLaneGauges(register: Registry): { set(sight: Sight | null): void } {
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name: `chorus_${name}`, help, labelNames, registers: [register] });
  const ofLane = {
    due: gauge("lane_due_messages", "Messages that could go out now and that nobody has taken", laneLabels),
    leased: gauge("lane_leased_messages", "Messages that a worker has taken and not yet asked to send", laneLabels),
    sending: gauge("lane_sending_messages", "Messages permitted whose answer is not yet recorded", laneLabels),
    inDoubt: gauge("lane_in_doubt_messages", "Messages handed over whose answer is unknown", laneLabels),
    oldestDueInSeconds: gauge(
      "lane_oldest_due_seconds",
      "How long the oldest due message has been able to go",
      laneLabels,
    ),
    permitsPerSecond: gauge("lane_permits_per_second", "Permits a second, over the workers' last beat", laneLabels),
    permitsTotal: gauge("lane_permits_total", "Permits since the installation began", laneLabels),
  };
  const worker = {
    lastBeatInSeconds: gauge("worker_last_beat_seconds", "How long ago a worker said that it lives", [
      "worker",
      "version",
    ]),
    clockSkewMs: gauge("worker_clock_skew_ms", "A worker's clock against the database's", ["worker", "version"]),
    runningJobs: gauge("worker_running_jobs", "Handlers that are at work", ["worker", "version"]),
    busy: gauge("worker_busy_ratio", "Share of its time in which a worker's process was at work", [
      "worker",
      "version",
    ]),
  };
  const blocked = gauge("carrier_blocked_seconds", "For how much longer a provider is left alone", [
    "channel",
    "provider",
  ]);
  const carriersBlocked = gauge("carrier_blocked", "1 while a provider account is left alone", ["channel", "provider"]);
  const paused = gauge("carrier_paused", "1 while a provider account waits for a person", ["channel", "provider"]);
  const all = [...Object.values(ofLane), ...Object.values(worker), blocked, carriersBlocked, paused];
  return {
    set(sight) {
      for (const each of all) each.reset();
      for (const lane of sight?.lanes ?? []) {
        const labels = { channel: lane.channel, class: lane.class, lane: String(lane.lane) };
        for (const [name, of] of Object.entries(ofLane)) of.set(labels, lane[name as keyof typeof ofLane]);
      }
      for (const one of (sight?.workers ?? []).filter((each) => each.isAlive)) {
        const labels = { worker: one.name, version: one.version };
        for (const [name, of] of Object.entries(worker)) of.set(labels, one[name as keyof typeof worker]);
      }
      for (const { channel, provider, blockedForSeconds, isPaused } of longestLast(sight?.carriers ?? [])) {
        blocked.set({ channel, provider }, blockedForSeconds);
        carriersBlocked.set({ channel, provider }, isPaused || blockedForSeconds > 0 ? 1 : 0);
        paused.set({ channel, provider }, isPaused ? 1 : 0);
      }
    },
  };
}

/** Several workspaces may use one provider: the one that waits longest is shown, which is set last. */
const longestLast = (carriers: readonly CarrierSight[]): CarrierSight[] =>
  [...carriers].sort((a, b) => Number(a.isPaused) - Number(b.isPaused) || a.blockedForSeconds - b.blockedForSeconds);
