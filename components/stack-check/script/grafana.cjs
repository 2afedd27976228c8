// @ts-check
"use strict";

const { NotYet, Refused, noAnswer } = require("./patience.cjs");

/** Uid of the data source that the chart provisions. */
const DATA_SOURCE = "prometheus";

/**
 * @typedef {object} Login
 * @property {string} user
 * @property {string} password
 */

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {string} alive series that are 1, once for each pod, while the pod's metrics arrive
 */

/**
 * @typedef {object} Fixes what to do, where it depends on who asks
 * @property {string} unreachable Grafana does not answer
 * @property {string} login user and password are refused
 * @property {string} logs what Grafana says of itself
 * @property {string} targets what Prometheus says of its targets
 */

/** A Grafana, asked as https://grafana.com/docs/grafana/latest/developers/http_api/ has it. */
class Grafana {
  /**
   * @param {string} url without a slash at its end
   * @param {Login} login
   * @param {Fixes} fixes
   * @param {import("./patience.cjs").Patience} patience
   */
  constructor(url, login, fixes, patience) {
    this.url = url;
    this.login = login;
    this.fixes = fixes;
    this.patience = patience;
  }

  /** @returns {Promise<string>} its version */
  async answers() {
    const what = `Grafana does not answer at ${this.url}`;
    const { status, body } = await this.get("/api/health", false);
    const { database, version } = fields(body);
    if (status === 200 && database === "ok") return `version ${version}`;
    throw new NotYet(what, `/api/health says ${status} ${shown(body)}`, this.fixes.unreachable);
  }

  /** @returns {Promise<string>} who is logged in */
  async logsIn() {
    const { user } = this.login;
    const what = `${user} cannot log in to Grafana`;
    const { status, body } = await this.get("/api/user");
    if (status === 200 && fields(body).login === user) return `as ${user}`;
    // Each further attempt would count against the user: Grafana locks out after five.
    if (status === 401) {
      throw new Refused(
        what,
        `it refuses the password of its Secret (${shown(body)})`,
        this.fixes.login,
      );
    }
    throw new NotYet(what, `it says ${status} ${shown(body)}`, this.fixes.logs);
  }

  /** @returns {Promise<string>} what its health check says */
  async dataSourceIsHealthy() {
    const { status, body } = await this.get(`/api/datasources/uid/${DATA_SOURCE}/health`);
    const { message } = fields(body);
    if (status === 200 && fields(body).status === "OK") return message ?? "OK";
    if (status === 404) {
      const why = "its sidecar has not brought it from the chart's ConfigMap";
      throw new NotYet(`Grafana has no data source ${DATA_SOURCE}`, why, this.fixes.logs);
    }
    const what = `Grafana's data source ${DATA_SOURCE} is not healthy`;
    throw new NotYet(what, message ?? `it says ${status} ${shown(body)}`, this.fixes.logs);
  }

  /**
   * @param {Service} service
   * @returns {Promise<string>} how many of its targets are up
   */
  async isAlive({ name, alive }) {
    const found = await this.query(alive);
    const up = found.filter((value) => value === 1).length;
    if (up > 0) return `${up} of ${found.length} up`;
    const what = `Prometheus does not get the metrics of ${name}`;
    const why =
      found.length === 0
        ? `no target has ${alive}`
        : `${alive} is 0 for ${found.length === 1 ? "its only target" : `all of ${found.length} targets`}`;
    throw new NotYet(what, why, this.fixes.targets);
  }

  /**
   * An instant query, through the data source.
   * @param {string} expr
   * @returns {Promise<number[]>} a value for each series
   */
  async query(expr) {
    const what = `Grafana's data source ${DATA_SOURCE} does not answer a query`;
    const path = `/api/datasources/proxy/uid/${DATA_SOURCE}/api/v1/query`;
    const { status, body } = await this.get(`${path}?query=${encodeURIComponent(expr)}`);
    const result = /** @type {any} */ (body)?.data?.result;
    if (status !== 200 || !Array.isArray(result)) {
      throw new NotYet(what, `it says ${status} ${shown(body)} to ${expr}`, this.fixes.logs);
    }
    return result.map(({ value }) => Number(value[1]));
  }

  /**
   * @param {string} path
   * @param {boolean} isLoggedIn
   * @returns {Promise<{ status: number, body: unknown }>} the body as JSON, or as text where it is none
   */
  async get(path, isLoggedIn = true) {
    const { user, password } = this.login;
    const basic = Buffer.from(`${user}:${password}`).toString("base64");
    try {
      const response = await fetch(`${this.url}${path}`, {
        headers: isLoggedIn ? { authorization: `Basic ${basic}` } : {},
        // A password goes to the address that was asked, and to no other.
        redirect: "manual",
        signal: this.patience.signal(),
      });
      return { status: response.status, body: parsed(await response.text()) };
    } catch (error) {
      const what = `Grafana does not answer at ${this.url}`;
      throw new NotYet(what, noAnswer(error).why, this.fixes.unreachable);
    }
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return /** @type {unknown} */ (JSON.parse(text));
  } catch {
    return text;
  }
}

/**
 * @param {unknown} body
 * @returns {Record<string, string | undefined>} of an answer that is no object: none
 */
const fields = (body) =>
  typeof body === "object" && body !== null ? /** @type {Record<string, string>} */ (body) : {};

/**
 * What an answer says, short enough for a sentence.
 * @param {unknown} body
 */
function shown(body) {
  const text = fields(body).message ?? (typeof body === "string" ? body : JSON.stringify(body));
  return text.replace(/\s+/g, " ").trim().slice(0, 200);
}

module.exports = { Grafana };
