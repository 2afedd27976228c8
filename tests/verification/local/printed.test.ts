import assert from "node:assert/strict";
import { changesIn, durationIn, slowestIn } from "../../../verification/local/printed";

/** As the CLI prints it, shortened. */
const UP = `Previewing update (local):

 +  kubernetes:helm.sh/v3:Release monitoring create 

Resources:
    + 20 to create

Updating (local):

 +  kubernetes:core/v1:Namespace services created (0.03s) 
 +  kubernetes:core/v1:Service task-service creating (10s) Service initialization complete
 +  kubernetes:core/v1:Service task-service created (10s) 
 +  kubernetes:helm.sh/v3:Release monitoring created (1m2s) 
 +  pulumi:pulumi:Stack eks-monitoring-local created (1m5s) 2 warnings

Outputs:
    services            : {
        task-service: {
            url  : "http://task-service.prod.svc.cluster.local"
        }
    }

Resources:
    + 20 created

Duration: 1m7s

`;

const summary = (lines: string): string => `Resources:\n${lines}\n\nDuration: 3s\n`;

describe("what the CLI has printed", () => {
  it("tells what was done to resources, by the last summary", () => {
    assert.deepEqual(changesIn(UP), { created: 20 });
    assert.deepEqual(changesIn(summary("    20 unchanged")), { unchanged: 20 });
    assert.deepEqual(changesIn(summary("    ~ 1 updated\n    +-12 replaced\n    7 unchanged")), {
      updated: 1,
      replaced: 12,
      unchanged: 7,
    });
  });

  it("tells nothing where there is no summary", () => {
    assert.deepEqual(changesIn("error: no stack\n    3 things\n"), {});
    assert.equal(durationIn("error: no stack"), undefined);
  });

  it("tells what took longest, without the stack itself", () => {
    const found = slowestIn(UP).map(({ resource, seconds }) => `${resource} ${seconds}`);
    assert.deepEqual(found, [
      "kubernetes:helm.sh/v3:Release monitoring 62",
      "kubernetes:core/v1:Service task-service 10",
      "kubernetes:core/v1:Namespace services 0.03",
    ]);
  });

  it("tells how long the update took", () => {
    assert.equal(durationIn(UP), 67);
  });
});
