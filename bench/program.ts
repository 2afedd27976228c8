// What index.ts loads before its first resource: the start that every pulumi command pays.
import "@pulumi/aws";
import "@pulumi/kubernetes";
import "../components/cluster";
import "../components/instrumented-service";
import "../components/monitoring-stack";
import "../components/task-metrics";
import "../components/task-table";
import "../config";
