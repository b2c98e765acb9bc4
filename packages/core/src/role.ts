/** Who may do what in a workspace. Reading and stopping are everybody's: whoever sees something wrong can halt it. */

export const roles = ["owner", "author", "approver", "operator"] as const;
export type Role = (typeof roles)[number];

/**
 * read: look at anything · data: contacts, products, segments, destinations, suppressions · write: campaigns and copy
 * · approve: say yes to copy · launch: schedule, resume and release · send: single messages by API · halt: pause, cancel, stop
 * · connect: what is the workspace's own: provider accounts, the brand's voice, what copy may cost, where its people get tests
 */
export type Permission = "read" | "data" | "write" | "approve" | "launch" | "send" | "halt" | "connect";

const allowed: Record<Permission, readonly Role[]> = {
  read: roles,
  data: ["owner", "author", "operator"],
  write: ["owner", "author"],
  approve: ["owner", "approver"],
  launch: ["owner", "author", "operator"],
  send: ["owner", "author", "operator"],
  halt: roles,
  connect: ["owner", "operator"],
};

export const mayDo = (role: Role, permission: Permission): boolean => allowed[permission].includes(role);
/** The roles to name when somebody else was refused. */
export const rolesFor = (permission: Permission): readonly Role[] => allowed[permission];
