import { Queue } from "bullmq";

export const shipments = new Queue("shipments", { connection: { url: process.env.REDIS_URL } });
