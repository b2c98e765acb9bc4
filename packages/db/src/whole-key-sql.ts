/**
 * Joins the row that a key names. A statement's plan may be older than its tables (open.ts): made while they were all but
 * empty, it may ask an index for a part of the key, and walk through the rest for ever after. Behind OFFSET 0 nothing of the
 * key is known from elsewhere, so that the index is asked for all of it.
 */
export const messageSql = (of: string): string =>
  `lateral (select * from message where run_id = ${of}.run_id and id = ${of}.message_id offset 0)`;

export const sendSql = (of: string): string =>
  `lateral (select * from send where run_id = ${of}.run_id and message_id = ${of}.message_id offset 0)`;

/**
 * Whether something of a run is due. As a plain EXISTS it may become a join that walks an index over all runs, and reads
 * whatever a run of a million has due to find that another has nothing.
 */
export const anyDueSql = (run: string, condition: string): string =>
  `exists (select 1 from due d where d.run_id = ${run} and ${condition} offset 0)`;
