import Ajv, { type ValidateFunction } from "ajv";
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";

/** The chart's own CRDs; not part of this repository. */
export const CRDS = "../shared/data/kube-prometheus-stack-88.5.3/crds";

type Schema = Record<string, unknown>;

/** Whether the CRDs are on this machine. */
export const crdsPresent = (): boolean => existsSync(CRDS);

/**
 * Validates objects of a kind by its CRD. What the CRD does not know is refused, where Kubernetes
 * would drop it in silence.
 * @param plural such as "servicemonitors"
 */
export const crdValidator = (plural: string): ValidateFunction =>
  crdFileValidator(`${CRDS}/crd-${plural}.yaml`);

/** The same by the file of any CRD, templates of a chart in its metadata left out. */
export function crdFileValidator(file: string): ValidateFunction {
  const text = readFileSync(file, "utf8").replaceAll(/^.*\{\{.*$/gm, "");
  const crd = parse(text) as {
    spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
  };
  const schema = crd.spec.versions[0]?.schema.openAPIV3Schema;
  if (!schema) throw new Error(`the CRD ${file} has no schema`);
  // Formats of Kubernetes, such as int64, are none of JSON Schema's.
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const strict = closed(schema);
  // The CRD leaves metadata to Kubernetes.
  return ajv.compile({ ...strict, properties: { ...(strict.properties as Schema), metadata: {} } });
}

/** No field beyond those listed, at any depth; and int-or-string as JSON Schema says it. */
export function closed(schema: Schema): Schema {
  const { properties, items, additionalProperties, ...others } = schema;
  const open = additionalProperties ?? others["x-kubernetes-preserve-unknown-fields"];
  return {
    ...others,
    ...(others["x-kubernetes-int-or-string"] === true && { type: ["integer", "string"] }),
    // Go's flag for "any case", which JavaScript does not know: here lower case only.
    ...(typeof others.pattern === "string" && { pattern: others.pattern.replace("(?i)", "") }),
    ...(isSchema(items) && { items: closed(items) }),
    ...(isSchema(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [name, closed(value as Schema)]),
      ),
    }),
    ...(isSchema(properties) && open === undefined && { additionalProperties: false }),
    ...(isSchema(additionalProperties) && { additionalProperties: closed(additionalProperties) }),
  };
}

const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;
