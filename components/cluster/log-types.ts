/** Parts of the control plane whose logs EKS hands out, in its own words. */
export const LOG_TYPES = [
  "api",
  "audit",
  "authenticator",
  "controllerManager",
  "scheduler",
] as const;

export type LogType = (typeof LOG_TYPES)[number];

export const isLogType = (name: string): name is LogType => LOG_TYPES.some((type) => type === name);
