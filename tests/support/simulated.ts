import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { Cloud } from "../../simulation/cloud/cloud";
import { record, type Recording } from "../../simulation/recorder";
import { at, type Properties, type Resource } from "../../simulation/resource";

export const ROOT = path.join(__dirname, "..", "..");
/** Another one where pulumi new has made the project from this one. */
export const { name: PROJECT_NAME } = parse(
  readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8"),
) as { readonly name: string };
export const cloud = new Cloud({ region: "ap-northeast-1", accountId: "123456789012" });

/** A cluster that is there, outside of AWS. */
export const elsewhere = new Cloud({ ...cloud.account, existingCluster: true });

/** Runs a piece of a program: what it registers, and the outputs it returns. */
export function recordProgram(
  program: () => unknown,
  preview = false,
  where = cloud,
): Promise<Recording> {
  const run = {
    project: PROJECT_NAME,
    stack: "test",
    cloud: where,
    config: {},
    secretKeys: [],
    preview,
  };
  return record(run, () => Promise.resolve(program()));
}

/** The one resource of a type, or of a type and name. */
export function find({ resources }: Recording, type: string, name?: string): Resource {
  const found = resources.filter(
    (resource) => resource.type === type && (name === undefined || resource.name === name),
  );
  const [only] = found;
  const names = resources.map((resource) => `${resource.type} ${resource.name}`).join("\n");
  assert.ok(only && found.length === 1, `${found.length} of ${type} ${name ?? ""} among\n${names}`);
  return only;
}

/** `type name` of everything but the stack itself, sorted. */
export const typesAndNames = ({ resources }: Recording): string[] =>
  resources
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .map(({ type, name }) => `${type} ${name}`)
    .sort();

/** `type name` of a component's own children. */
export const childrenOf = ({ resources }: Recording, parent: Resource): string[] =>
  resources
    .filter((resource) => resource.parent === parent.urn)
    .map(({ type, name }) => `${type} ${name}`)
    .sort();

/** `type name` of what a resource depends on directly. */
export const dependenciesOf = ({ resources }: Recording, { dependencies }: Resource): string[] =>
  dependencies
    .map((urn) => resources.find((resource) => resource.urn === urn))
    .map((resource) => `${resource?.type ?? "unregistered"} ${resource?.name ?? ""}`)
    .sort();

export const input = (resource: Resource, where: string): unknown => at(resource.inputs, where);

export const isSecret = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (value as Properties)[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig;
