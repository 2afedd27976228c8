import assert from "node:assert/strict";
import { meansOf, type ProofOptions } from "../../../verification/proof/means";

describe("the proof on a cluster", () => {
  const skipped = (options: ProofOptions, PATH = process.env.PATH): string => {
    const before = process.env.PATH;
    process.env.PATH = PATH;
    try {
      const means = meansOf(options);
      return "skipped" in means ? means.skipped : "";
    } finally {
      process.env.PATH = before;
    }
  };

  it("is left out where nobody asks for it", () => {
    assert.equal(skipped({}), "no --control-plane was given");
  });

  it("is left out in a sentence where programs are missing", () => {
    assert.match(
      skipped({ controlPlane: "any" }, "/nowhere"),
      /^prometheus, alertmanager, helm: not on PATH|dependencies are not installed/,
    );
  });
});
