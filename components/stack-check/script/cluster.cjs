// @ts-check
"use strict";

const { NotYet, noAnswer } = require("./patience.cjs");

/**
 * @typedef {object} ClusterSettings
 * @property {string} apiServer address without a slash at its end
 * @property {string} token of the pod's ServiceAccount
 * @property {string} namespace
 * @property {string} kubectl kubectl with what it needs to reach the cluster
 */

/**
 * What is read of an object.
 * @typedef {object} KubernetesObject
 * @property {{ name: string, generation?: number }} metadata
 * @property {{ volumes?: { persistentVolumeClaim?: { claimName: string } }[] }} [spec]
 * @property {Status} [status]
 */

/**
 * @typedef {object} Status
 * @property {string} [phase]
 * @property {Condition[]} [conditions]
 * @property {ContainerStatus[]} [containerStatuses]
 * @property {ContainerStatus[]} [initContainerStatuses]
 */

/**
 * @typedef {object} Condition
 * @property {string} type
 * @property {string} status
 * @property {string} [reason]
 * @property {string} [message]
 * @property {number} [observedGeneration]
 */

/**
 * @typedef {object} ContainerStatus
 * @property {string} name
 * @property {boolean} ready
 * @property {{ waiting?: { reason?: string, message?: string } }} [state]
 */

/** The objects of one namespace, as its API server has them. */
class Cluster {
  /**
   * @param {ClusterSettings} settings
   * @param {import("./patience.cjs").Patience} patience
   */
  constructor(settings, patience) {
    this.settings = settings;
    this.patience = patience;
  }

  /**
   * Whether the operator says that all replicas run.
   * @param {"Prometheus" | "Alertmanager"} kind
   * @param {string} name
   * @returns {Promise<string>} how it is called
   */
  async isAvailable(kind, name) {
    const what = `${kind} is not available`;
    const plural = kind === "Prometheus" ? "prometheuses" : "alertmanagers";
    const { kubectl, namespace } = this.settings;
    const describe = `${kubectl} describe ${kind.toLowerCase()} -n ${namespace} ${name}`;
    const object = await this.get(what, `monitoring.coreos.com/v1`, `${plural}/${name}`);
    if (!object) throw new NotYet(what, `there is no ${kind} ${name}`, describe);
    const [available, reconciled] = ["Available", "Reconciled"].map((type) =>
      conditionOf(object, type),
    );
    const { generation = 0 } = object.metadata;
    if (!available || (available.observedGeneration ?? generation) < generation) {
      throw new NotYet(what, "the operator has not looked at it yet", describe);
    }
    if (available.status === "True") return name;
    // What the operator cannot make has no pods.
    if (reconciled?.status === "False") throw new NotYet(what, reasonOf(reconciled), describe);
    const pending = await this.whatIsPending(what, kind, name);
    throw new NotYet(what, pending?.why ?? reasonOf(available), pending?.fix ?? describe);
  }

  /**
   * The pod that is not ready, and the claim that it waits for, where it does; or why there is no pod.
   * @param {string} what
   * @param {string} kind
   * @param {string} instance
   */
  async whatIsPending(what, kind, instance) {
    const { kubectl, namespace } = this.settings;
    const label = `app.kubernetes.io/instance=${instance}`;
    const pods = await this.list(what, `pods?labelSelector=${encodeURIComponent(label)}`);
    if (pods.length === 0) {
      const statefulSet = `${kind.toLowerCase()}-${instance}`;
      const event = await this.lastEvent(what, statefulSet);
      const fix = `${kubectl} describe statefulset -n ${namespace} ${statefulSet}`;
      return { why: `it has no pod: ${event ?? "no reason is given"}`, fix };
    }
    const pod = pods.find((each) => conditionOf(each, "Ready")?.status !== "True");
    if (!pod) return undefined;
    const names = (pod.spec?.volumes ?? []).flatMap(
      ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
    );
    const claims = await this.list(what, "persistentvolumeclaims");
    const claim = claims.find(
      ({ metadata, status }) => names.includes(metadata.name) && status?.phase !== "Bound",
    );
    if (claim) {
      const { name } = claim.metadata;
      const event = await this.lastEvent(what, name);
      return {
        why: `claim ${name} is ${claim.status?.phase ?? "not there"}: ${event ?? podReason(pod)}`,
        fix: `${kubectl} describe pvc -n ${namespace} ${name}`,
      };
    }
    const { name } = pod.metadata;
    return {
      why: `pod ${name} is ${pod.status?.phase ?? "not there"}: ${podReason(pod)}`,
      fix: `${kubectl} describe pod -n ${namespace} ${name}`,
    };
  }

  /**
   * @param {string} what
   * @param {string} name of the object that it is about
   */
  async lastEvent(what, name) {
    const field = encodeURIComponent(`involvedObject.name=${name}`);
    const events = /** @type {{ lastTimestamp?: string, reason?: string, message?: string }[]} */ (
      /** @type {unknown} */ (await this.list(what, `events?fieldSelector=${field}`))
    );
    const [last] = events.sort((a, b) =>
      String(b.lastTimestamp).localeCompare(String(a.lastTimestamp)),
    );
    return last && reasonOf(last);
  }

  /**
   * @param {string} what
   * @param {string} resource
   * @returns {Promise<KubernetesObject[]>}
   */
  async list(what, resource) {
    const list = await this.get(what, "v1", resource);
    return (
      /** @type {{ items?: KubernetesObject[] } | undefined} */ (/** @type {unknown} */ (list))
        ?.items ?? []
    );
  }

  /**
   * @param {string} what is not so, as long as there is no answer
   * @param {string} apiVersion
   * @param {string} resource
   * @returns {Promise<KubernetesObject | undefined>} undefined where there is no such object
   */
  async get(what, apiVersion, resource) {
    const { apiServer, namespace, token, kubectl } = this.settings;
    const group = apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;
    const address = `${apiServer}/${group}/namespaces/${namespace}/${resource}`;
    const fix = `${kubectl} get events -n ${namespace}`;
    let status, text;
    try {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(address, { headers, signal: this.patience.signal() });
      ({ status } = response);
      text = await response.text();
    } catch (error) {
      throw new NotYet(what, `the API server does not answer (${noAnswer(error).why})`, fix);
    }
    if (status === 404) return undefined;
    if (status === 200) return /** @type {KubernetesObject} */ (JSON.parse(text));
    // A new RoleBinding may need a moment.
    throw new NotYet(what, `the API server says ${status}: ${messageIn(text)}`, fix);
  }
}

/**
 * @param {KubernetesObject} object
 * @param {string} wanted
 */
const conditionOf = ({ status }, wanted) => status?.conditions?.find(({ type }) => type === wanted);

/** @param {KubernetesObject} pod */
function podReason(pod) {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status === "False") return reasonOf(scheduled);
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const waiting = [...initContainerStatuses, ...containerStatuses].find(
    ({ state }) => state?.waiting,
  );
  if (waiting?.state?.waiting) {
    return `container ${waiting.name} waits, ${reasonOf(waiting.state.waiting)}`;
  }
  const unready = containerStatuses.filter(({ ready }) => !ready).map(({ name }) => name);
  return `not ready (${unready.join(", ") || "no container has started"})`;
}

/** @param {{ reason?: string, message?: string }} told */
const reasonOf = ({ reason, message }) =>
  oneLine([reason, message].filter(Boolean).join(": ") || "no reason is given");

/** @param {string} text */
function messageIn(text) {
  try {
    return oneLine(String(JSON.parse(text).message));
  } catch {
    return oneLine(text).slice(0, 200);
  }
}

/** @param {string} text */
const oneLine = (text) => text.replace(/\s+/g, " ").trim().replace(/\.$/, "");

module.exports = { Cluster };
