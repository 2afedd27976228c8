import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import layout from "./task-service/src/domain/task-table.json";

export interface TaskTableArgs {
  /** Unique in the account and region: `<project>-<stack>-tasks`. */
  readonly tableName: string;
  /** AWS region of the table. */
  readonly region: string;
  /** Pulumi `protect` and DynamoDB's own flag. */
  readonly deletionProtection: boolean;
}

/** The calls that task-service makes; nothing else is granted. */
const ITEM_ACTIONS = ["GetItem", "PutItem", "UpdateItem", "DeleteItem"].map(
  (action) => `dynamodb:${action}`,
);

/**
 * The DynamoDB table of task-service, EKS only: on demand, restorable to any second of the last 35
 * days. Its layout is the service's own (src/domain/task-table.json).
 */
export class TaskTable extends pulumi.ComponentResource {
  /** What task-service reads to find the table. */
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** IAM policy document, JSON: exactly this table and its indexes. */
  readonly policy: pulumi.Output<string>;

  constructor(name: string, args: TaskTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-monitoring:eks:TaskTable", name, args, opts);
    const table = createTable(name, args, { parent: this, protect: args.deletionProtection });
    this.environment = { AWS_REGION: args.region, TASK_TABLE_NAME: table.name };
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
    this.registerOutputs({ environment: this.environment, policy: this.policy });
  }
}

function createTable(
  name: string,
  args: TaskTableArgs,
  opts: pulumi.CustomResourceOptions,
): aws.dynamodb.Table {
  return new aws.dynamodb.Table(
    name,
    {
      name: args.tableName,
      billingMode: "PAY_PER_REQUEST",
      hashKey: layout.key.hash,
      attributes: layout.attributes,
      globalSecondaryIndexes: layout.indexes.map(({ name: index, hash, range }) => ({
        name: index,
        hashKey: hash,
        rangeKey: range,
        projectionType: "ALL",
      })),
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: args.deletionProtection,
    },
    opts,
  );
}
