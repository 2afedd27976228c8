import type { Behaviour, CloudResource, Need } from "./behaviour";
import { RELEASE } from "./helm-release";
import { isKeda } from "./keda-chart";
import { object, reachableUntilGone } from "./kubernetes-object";

export const keda: Readonly<Record<string, Behaviour>> = {
  "kubernetes:keda.sh/v1alpha1:ScaledObject": {
    ...object("kubernetesCall", (_object, all) => [{ ...running(all), mayExistAlready: true }]),
    needsUntilGone: (scaled, all) => [...reachableUntilGone(scaled, all), running(all)],
  },
};

/** The chart brings the CRD, and its operator the finalizer: a ScaledObject that outlives KEDA never ends. */
const running = (all: readonly CloudResource[]): Need => ({
  what: "KEDA, which brings its CRD and takes its finalizer off",
  from: all.filter((other) => other.type === RELEASE && isKeda(other)),
});
