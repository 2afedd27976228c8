import { at, type Properties, secret, textAt } from "../resource";
import type { Behaviour } from "./behaviour";
import type { Invoke } from "./invoke";

/** Packages whose providers hold configuration and nothing that could not be changed. */
const PLAIN = ["aws", "awsx", "docker-build", "eks", "pulumi", "random", "time"];

const provider: Behaviour = { duration: "instant", stateOnly: true, createPutsInPlace: true };

/** What exists in the stack's state only. */
export const providers: Readonly<Record<string, Behaviour>> = {
  ...Object.fromEntries(PLAIN.map((name) => [`pulumi:providers:${name}`, provider])),
  "pulumi:providers:kubernetes": {
    ...provider,
    // All that it made is replaced with it when it may be another cluster's.
    replacedBy: (wanted) => [
      wanted.clusterIdentifier === undefined ? "kubeconfig" : "clusterIdentifier",
    ],
  },
  "random:index/randomPassword:RandomPassword": {
    duration: "instant",
    stateOnly: true,
    createPutsInPlace: true,
    hasRandomOutputs: true,
    id: () => "none",
    // The real provider's result is random; this one is the same in every run and never printed.
    outputs: ({ hash, inputs }) => ({
      result: secret(hash.slice(0, Number(at(inputs, "length")))),
    }),
    replacedBy: ["length", "special", "keepers"],
    holds: "the password, so that users have to be told a new one",
  },
  "time:index/sleep:Sleep": {
    duration: ({ inputs }) => ({
      create: secondsAt(inputs, "createDuration"),
      delete: secondsAt(inputs, "destroyDuration"),
    }),
    stateOnly: true,
    createPutsInPlace: true,
  },
};

/** A Go duration, as far as the program writes one: whole seconds. */
function secondsAt(inputs: Properties, key: string): number {
  return at(inputs, key) === undefined ? 0 : Number.parseInt(textAt(inputs, key), 10);
}

export const providerInvokes: Readonly<Record<string, Invoke>> = {
  "aws:index/getPartition:getPartition": () => ({ partition: "aws", dnsSuffix: "amazonaws.com" }),
};
