/**
 * Every chart, image and Kubernetes version that the program pins; nothing else names one. The
 * README's list of tested versions is held equal to it. The metrics-server add-on has no pin: EKS
 * has a default for each minor, which every `up` takes.
 */
export const versions = {
  /**
   * Kubernetes minors, oldest first, that chart and CRD job were rendered with. `standardSupportEnds` is the day of EKS' release calendar
   * (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html): with upgrade policy
   * STANDARD, EKS then moves a cluster to the next minor by itself. A minor stays in the list until
   * that day.
   */
  kubernetes: [
    { minor: "1.35", standardSupportEnds: "2027-03-27" },
    { minor: "1.36", standardSupportEnds: "2027-08-02" },
  ],
  /** The minor of stacks that set none; a newer one here upgrades these. */
  defaultKubernetes: "1.35",
  kubePrometheusStack: {
    chart: "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
    // renovate: datasource=docker depName=ghcr.io/prometheus-community/charts/kube-prometheus-stack
    version: "88.5.3",
  },
  /** The project publishes its chart in a repository of Helm's only. */
  keda: {
    repository: "https://kedacore.github.io/charts",
    // renovate: datasource=helm depName=keda registryUrl=https://kedacore.github.io/charts
    version: "2.20.2",
  },
  /** docker.io/library/registry: the local stack's, beside its cluster of kind. */
  // renovate: datasource=docker depName=docker.io/library/registry
  registry: "3.0.0",
  /** registry.k8s.io/kubectl, run by the chart's CRD upgrade job: the cluster's own minor. */
  kubectl: (kubernetesVersion: string): string => `v${kubernetesVersion}.0`,
  /** docker.io/library/busybox, unpacks the CRDs for the same job (the chart says `latest`). */
  // renovate: datasource=docker depName=docker.io/library/busybox
  busybox: "1.38.0",
  /**
   * Runs the check of the stack (components/stack-check). Its tag moves with Node 24 and Debian 13, so the digest
   * is what pins it; any image with Node 20 or newer does.
   */
  // renovate: datasource=docker depName=gcr.io/distroless/nodejs24-debian13
  node: "nonroot@sha256:9eeb7f5887d0e239e78264b06f7f11d2e14be534050481803a9e4728fcdd278e",
} as const;
