/** SQL for where a message waits and how long it is worth sending: the same in whatever writes a due row. */
import { messageClasses } from "@chorus/core/message";
import { laneCount, lifeHours, urgentLaneCount } from "@chorus/core/plan";

const { security, transactional, marketing } = messageClasses;

/** A row for each class and lane there is. */
export const everyLane = `select class, generate_series(0, lanes - 1) as lane
  from (values (${security}, ${urgentLaneCount}), (${transactional}, ${urgentLaneCount}), (${marketing}, ${laneCount})) as of_class(class, lanes)`;

/** The lane of a row, from the SQL of its class and of the id of whoever it goes to. */
export const laneSql = (messageClass: string, id: string): string =>
  `abs(mod(hashint8(${id}), case when ${messageClass} in (${security}, ${transactional}) then ${urgentLaneCount} else ${laneCount} end))`;

export const expirySql = (messageClass: string, from: string): string =>
  `${from} + case ${messageClass} when ${security} then make_interval(secs => ${lifeHours.security * 3600})
     when ${transactional} then make_interval(hours => ${lifeHours.transactional}) else make_interval(hours => ${lifeHours.marketing}) end`;
