/** critical wakes somebody up, warning waits for the morning. */
export type Severity = "critical" | "warning";
