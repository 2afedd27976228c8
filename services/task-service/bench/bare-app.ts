import express from "express";
import { serve } from "./serve.js";
import { addTaskRoutes } from "./task-routes.js";

const app = express();
addTaskRoutes(app);
serve(app);
