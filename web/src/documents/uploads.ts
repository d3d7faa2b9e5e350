// The queue of uploads of who is signed in: it goes on while other views are shown.
import { useSyncExternalStore } from "react";
import type { Api } from "../api/client";
import { useApi } from "../session/signed_in";
import { isUnfinished, uploadQueue, type Queue, type UploadQueue } from "./upload_queue";

const queues = new WeakMap<Api, UploadQueue>();

function queueOf(api: Api): UploadQueue {
  const known = queues.get(api);
  if (known) return known;
  const queue = uploadQueue(api);
  queues.set(api, queue);
  // The browser asks whether to leave while files are on their way.
  addEventListener("beforeunload", (event) => {
    if (queue.now().uploads.some(isUnfinished)) event.preventDefault();
  });
  return queue;
}

export function useUploads(): { queue: UploadQueue; state: Queue } {
  const queue = queueOf(useApi());
  return { queue, state: useSyncExternalStore(queue.subscribe, queue.now) };
}
