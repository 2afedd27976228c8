/**
 * Every chart, image and Kubernetes version that the program pins; nothing else names one. The
 * README's list of tested versions is held equal to it. The metrics-server add-on has no pin: EKS
 * has a default for each minor, and refuses others.
 */
export const versions = {
  /** Kubernetes minors that chart and CRD job were rendered with; the first is the default. */
  kubernetes: ["1.35", "1.34"],
  kubePrometheusStack: {
    chart: "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
    // renovate: datasource=docker depName=ghcr.io/prometheus-community/charts/kube-prometheus-stack
    version: "88.5.3",
  },
  /** registry.k8s.io/kubectl, run by the chart's CRD upgrade job: the cluster's own minor. */
  kubectl: (kubernetesVersion: string): string => `v${kubernetesVersion}.0`,
  /** docker.io/library/busybox, unpacks the CRDs for the same job (the chart says `latest`). */
  // renovate: datasource=docker depName=docker.io/library/busybox
  busybox: "1.38.0",
} as const;
