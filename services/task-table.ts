import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface TaskTableArgs {
  /** Account-wide: `<project>-<stack>-tasks`. */
  readonly tableName: string;
  /** Pulumi `protect` and DynamoDB's own flag. */
  readonly deletionProtection: boolean;
}

/** The calls that task-service makes; nothing else is granted. */
const ITEM_ACTIONS = ["GetItem", "PutItem", "UpdateItem", "DeleteItem"].map(
  (action) => `dynamodb:${action}`,
);

/**
 * The DynamoDB table of task-service: on demand, restorable to any second of the last 35 days, with
 * the original's two indexes (a user's tasks by start, all tasks of a status by change).
 */
export class TaskTable extends pulumi.ComponentResource {
  readonly tableName: pulumi.Output<string>;
  /** IAM policy document: exactly this table and its indexes. */
  readonly policy: pulumi.Output<string>;

  constructor(name: string, args: TaskTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("eks-monitoring:index:TaskTable", name, args, opts);
    const table = new aws.dynamodb.Table(
      name,
      {
        name: args.tableName,
        billingMode: "PAY_PER_REQUEST",
        hashKey: "task_id",
        attributes: [
          { name: "task_id", type: "S" },
          { name: "user_name", type: "S" },
          { name: "start_at", type: "N" },
          { name: "status", type: "S" },
          { name: "updated_at", type: "N" },
        ],
        globalSecondaryIndexes: [
          index("user_index", "user_name", "start_at"),
          index("status_index", "status", "updated_at"),
        ],
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true },
        deletionProtectionEnabled: args.deletionProtection,
      },
      { parent: this, protect: args.deletionProtection },
    );
    this.tableName = table.name;
    this.policy = pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ITEM_ACTIONS, Resource: table.arn },
        {
          Effect: "Allow",
          Action: "dynamodb:Query",
          Resource: pulumi.interpolate`${table.arn}/index/*`,
        },
      ],
    });
    this.registerOutputs({ tableName: this.tableName, policy: this.policy });
  }
}

const index = (name: string, hashKey: string, rangeKey: string) => ({
  name,
  hashKey,
  rangeKey,
  projectionType: "ALL",
});
