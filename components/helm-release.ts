/** Of every Release: a failed install or upgrade is taken back (docs/reliability.md: where Helm does not come to the end). */
export const TAKEN_BACK = {
  atomic: true,
  cleanupOnFail: true,
  skipAwait: false,
  maxHistory: 5,
} as const;

/** A folder or an archive holds one version, which the configuration has checked. */
export const versionOf = (chart: string, version: string): { readonly version?: string } =>
  chart.startsWith("oci://") ? { version } : {};
