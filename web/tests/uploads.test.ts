import { describe, expect, test } from "vitest";
import type { Api } from "../src/api/client";
import { Problem } from "../src/api/problem";
import { describedIn, gatherEntries, gatherPicked, isPassedOver } from "../src/documents/chosen_files";
import type { Putting } from "../src/documents/put";
import { isUnfinished, uploadQueue, type Chosen, type UploadQueue } from "../src/documents/upload_queue";

const chosen = (path: string, content = "text", metadata = {}): Chosen => ({ path, file: new File([content], path), metadata });
const settled = async (queue: UploadQueue) => {
  while (queue.now().uploads.some(isUnfinished) && !queue.now().problem) await new Promise((resolve) => setTimeout(resolve));
};
const stages = (queue: UploadQueue) => queue.now().uploads.map(({ path, stage }) => [path, stage]);

/** An API that signs every file, or does what `refuse` says. */
function signer(refuse: (files: { path: string }[]) => Problem | null = () => null) {
  const asked: { path: string; content_type?: string; metadata?: object }[][] = [];
  const send = async (_method: string, _path: string, sent: { body: { files: { path: string }[] } }) => {
    const { files } = sent.body;
    asked.push(files);
    const problem = refuse(files);
    if (problem) throw problem;
    const uploads = files.map(({ path }) => ({ document_id: `id-${path}`, path, url: `https://bucket/${path}`, headers: {}, expires_at: "2100-01-01T00:00:00Z" }));
    return { uploads };
  };
  return { api: { send } as unknown as Api, asked };
}
const taking: Putting = async (_ticket, file, told) => (told(file.size), { status: 200 });
const pause = () => Promise.resolve();

describe("the queue of uploads", () => {
  test("sends three files at a time, with addresses for many made at once", async () => {
    let now = 0;
    let most = 0;
    const put: Putting = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve));
      now--;
      return { status: 200 };
    };
    const { api, asked } = signer();
    const queue = uploadQueue(api, { put, pause });
    queue.add(Array.from({ length: 12 }, (_, at) => chosen(`f${at}.txt`)));
    await settled(queue);
    expect(most).toBe(3);
    expect(asked.flat()).toHaveLength(12);
    expect(asked.length).toBeLessThan(4);
    expect(queue.now().uploads.every(({ stage, documentId, path }) => stage === "sent" && documentId === `id-${path}`)).toBe(true);
  });

  test("says what is said of a file, and sends nothing of one that is empty", async () => {
    const { api, asked } = signer();
    const queue = uploadQueue(api, { put: taking, pause });
    queue.add([chosen("a.md", "x", { groups: ["hr"] }), chosen("empty.md", "")]);
    await settled(queue);
    expect(asked.flat()).toEqual([{ path: "a.md", size: 1, metadata: { groups: ["hr"] } }]);
    expect(queue.now().uploads[1]).toMatchObject({ stage: "failed", failure: "empty" });
  });

  test("lets a file fail that the API refuses, and sends the others", async () => {
    const { api } = signer((files) => {
      const at = files.findIndex(({ path }) => path === "bad");
      return at < 0 ? null : new Problem("refused", { status: 422, field: `files.${at}.path`, detail: "No such path." });
    });
    const queue = uploadQueue(api, { put: taking, pause });
    queue.add([chosen("a"), chosen("bad"), chosen("b")]);
    await settled(queue);
    expect(stages(queue)).toEqual([["a", "sent"], ["bad", "failed"], ["b", "sent"]]);
    expect(queue.now().uploads[1]).toMatchObject({ failure: "told", detail: "No such path." });
  });

  test("waits where the API cannot be reached, and goes on when it is told to", async () => {
    let down = true;
    const { api } = signer(() => (down ? new Problem("network") : null));
    const queue = uploadQueue(api, { put: taking, pause });
    queue.add([chosen("a"), chosen("b")]);
    await settled(queue);
    await new Promise((resolve) => setTimeout(resolve));
    expect(queue.now().problem).toMatchObject({ kind: "network" });
    expect(stages(queue)).toEqual([["a", "waiting"], ["b", "waiting"]]);
    down = false;
    queue.resume();
    await settled(queue);
    expect(stages(queue)).toEqual([["a", "sent"], ["b", "sent"]]);
  });

  test("asks again after the pause that the API names", async () => {
    let times = 0;
    const { api } = signer(() => (++times < 3 ? new Problem("refused", { status: 429, retryAfterS: 7 }) : null));
    const pauses: number[] = [];
    const queue = uploadQueue(api, { put: taking, pause: async (ms) => void pauses.push(ms) });
    queue.add([chosen("a")]);
    await settled(queue);
    expect(pauses).toEqual([7_000, 7_000]);
    expect(stages(queue)).toEqual([["a", "sent"]]);
  });

  test("has a new address made for one that has ended", async () => {
    const { api, asked } = signer();
    const answers = [403, 200];
    const queue = uploadQueue(api, { put: async () => ({ status: answers.shift()! }), pause });
    queue.add([chosen("a")]);
    await settled(queue);
    expect(asked).toHaveLength(2);
    expect(stages(queue)).toEqual([["a", "sent"]]);
  });

  test("does not try without end", async () => {
    const { api, asked } = signer();
    const queue = uploadQueue(api, { put: async () => ({ status: 500 }), pause });
    queue.add([chosen("a")]);
    await settled(queue);
    expect(asked).toHaveLength(3);
    expect(queue.now().uploads[0]).toMatchObject({ failure: "bucket", detail: "500" });
  });

  test("tells a broken connection of each file, and of all after some in a row", async () => {
    let broken = true;
    const put: Putting = async () => {
      if (broken) throw new Problem("network");
      return { status: 200 };
    };
    const { api } = signer();
    const queue = uploadQueue(api, { put, pause });
    queue.add(Array.from({ length: 9 }, (_, at) => chosen(String(at))));
    await settled(queue);
    await new Promise((resolve) => setTimeout(resolve));
    expect(queue.now().problem).not.toBeNull();
    expect(stages(queue).filter(([, stage]) => stage === "failed").length).toBeLessThan(9);
    broken = false;
    queue.resume();
    await settled(queue);
    expect(stages(queue).every(([, stage]) => stage === "sent")).toBe(true);
  });

  test("stops a file that is cancelled, and takes it up again", async () => {
    let stopped = false;
    let hangs = true;
    const put: Putting = (_ticket, _file, told, signal) =>
      new Promise((resolve, reject) => {
        told(2);
        if (!hangs) return resolve({ status: 200 });
        signal.addEventListener("abort", () => {
          stopped = true;
          reject(new DOMException("stopped", "AbortError"));
        });
      });
    const { api } = signer();
    const queue = uploadQueue(api, { put, pause });
    queue.add([chosen("a")]);
    while (queue.now().uploads[0]!.gone === 0) await new Promise((resolve) => setTimeout(resolve));
    queue.cancel(queue.now().uploads[0]!.key);
    expect(stages(queue)).toEqual([["a", "cancelled"]]);
    expect(stopped).toBe(true);
    hangs = false;
    queue.retry(queue.now().uploads[0]!.key);
    await settled(queue);
    expect(stages(queue)).toEqual([["a", "sent"]]);
    queue.clear();
    expect(queue.now().uploads).toEqual([]);
  });

  test("sends the latest of what is chosen for a path", async () => {
    const sent: string[] = [];
    const put: Putting = async (_ticket, file) => (sent.push(await file.text()), { status: 200 });
    const { api } = signer();
    const queue = uploadQueue(api, { put, pause });
    queue.add([chosen("a", "old")]);
    queue.add([chosen("a", "new")]);
    await settled(queue);
    expect(sent).toEqual(["new"]);
    expect(stages(queue)).toEqual([["a", "sent"]]);
  });
});

const file = (path: string, content = "x") => {
  const made = new File([content], path.split("/").at(-1)!);
  Object.defineProperty(made, "webkitRelativePath", { value: path.includes("/") ? path : "" });
  return made;
};

describe("the files of a folder", () => {
  test("have their paths, in one spelling and below the folder that is named", async () => {
    const found = await gatherPicked([file("f/re\u0301sume\u0301.md")], { tags: ["t"] }, "/hr/");
    expect(found.files.map(({ path, metadata }) => [path, metadata])).toEqual([["hr/f/résumé.md", { tags: ["t"] }]]);
  });

  test("are without those that are hidden or temporary", async () => {
    for (const path of [".git/config", "a/.DS_Store", "~$pay.docx", "a.tmp", "Thumbs.db", "x/desktop.ini", "a.txt~"]) expect(isPassedOver(path)).toBe(true);
    for (const path of ["a.txt", "notes.temporary.md", "a~b.txt"]) expect(isPassedOver(path)).toBe(false);
    expect(await gatherPicked([file("f/.x"), file("f/a.md")], {}, "")).toMatchObject({ passedOver: 1, files: [{ path: "f/a.md" }] });
  });

  test("are described by the metadata.json beside them, which itself is none", async () => {
    const said = file("f/metadata.json", '{"pay.md": {"groups": "hr, board", "title": "Pay", "author": null}}');
    const found = await gatherPicked([said, file("f/pay.md"), file("f/g/pay.md")], { department: "HR" }, "top");
    expect(found.files.map(({ path, metadata }) => [path, metadata])).toEqual([
      ["top/f/pay.md", { department: "HR", groups: ["hr", "board"], title: "Pay" }],
      ["top/f/g/pay.md", { department: "HR" }],
    ]);
  });

  test.each(["", "[1]", '{"a": 1}', '{"a": {"title": 7}}', '{"a": {"groups": {}}}'])(
    "are not taken where it says %j: who may see them could stand there",
    async (text) => {
      expect(describedIn(text)).toBeNull();
      const found = await gatherPicked([file("f/metadata.json", text), file("f/pay.md")], {}, "");
      expect(found).toMatchObject({ files: [], badMetadata: "f/metadata.json" });
    },
  );

  test("are found in dropped folders, however many the browser gives at a time", async () => {
    const leaf = (fullPath: string, fails = false) => ({
      name: fullPath.split("/").at(-1)!, fullPath, isFile: true,
      file: (done: (made: File) => void, failed: (error: Error) => void) => (fails ? failed(new Error()) : done(new File(["x"], fullPath))),
    });
    const parts = [[leaf("/f/b.md"), leaf("/f/.x")], [leaf("/f/a.md"), leaf("/f/locked.md", true)]];
    const folder = { name: "f", fullPath: "/f", isFile: false, createReader: () => ({ readEntries: (done: (some: object[]) => void) => done(parts.shift() ?? []) }) };
    const found = await gatherEntries([folder, leaf("/c.md")] as unknown as FileSystemEntry[], {}, "");
    expect(found.files.map(({ path }) => path)).toEqual(["f/a.md", "f/b.md", "c.md"]);
    expect(found.unreadable).toEqual(["f/locked.md"]);
  });
});
