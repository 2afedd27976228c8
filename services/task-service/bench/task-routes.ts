import express, { type Express } from "express";

/**
 * The routes that every app of the bench serves; the measured one is `GET /api/tasks`. The others
 * make a dashboard's panels move when an app runs alone: 201, 404 and 500.
 */
export function addTaskRoutes(app: Express): void {
  // Hashing every answer for an ETag costs more than measuring it; the service does without.
  app.disable("etag");
  app.get("/api/tasks", (_request, response) => {
    response.json(tenTasks);
  });
  app.post("/api/tasks", express.json(), (_request, response) => {
    response.status(201).json({ taskId: tenTasks[0]?.taskId });
  });
  app.get("/api/tasks/:taskId", (request, response) => {
    const task = tenTasks.find(({ taskId }) => taskId === request.params.taskId);
    if (task === undefined) response.status(404).json({ title: "Not Found" });
    else response.json(task);
  });
  app.delete("/api/tasks/:taskId", (_request, response) => {
    response.status(500).json({ title: "Internal Server Error" });
  });
}

export const tenTasks = Array.from({ length: 10 }, (_, index) => ({
  userName: "alice",
  startAt: 1_700_000_000 + index * 3600,
  taskId: `00000000-0000-4000-8000-00000000000${index.toString()}`,
  title: `task ${index.toString()}`,
  contents: "some words about what is to be done",
  notified: false,
  done: false,
}));
