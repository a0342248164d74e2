// Imports and searches with the TypeScript client, as the documentation page does, and reports
// what it got. Reads a Task from standard input and writes an Answer to standard output.

import weaviate, { type Collection, type WeaviateClient } from 'weaviate-client';

import type { Answer, Found, Item, Task } from './task.js';

const VECTOR = 'title_vector';

function connect(task: Task): Promise<WeaviateClient> {
  return weaviate.connectToCustom({
    httpHost: task.host,
    httpPort: task.port,
    httpSecure: task.secure,
    grpcHost: task.host,
    grpcPort: task.grpcPort,
    grpcSecure: task.secure,
    authCredentials: task.key === null ? undefined : new weaviate.ApiKey(task.key),
    skipInitChecks: true,
  });
}

function create(client: WeaviateClient, name: string, task: Task): Promise<Collection> {
  return client.collections.create({
    name,
    properties: [
      { name: 'title', dataType: weaviate.configure.dataType.TEXT },
      { name: 'poster', dataType: weaviate.configure.dataType.BLOB },
    ],
    vectorizers: [
      weaviate.configure.vectors.multi2VecClip({
        name: VECTOR,
        imageFields: [{ name: 'poster', weight: 0.9 }],
        textFields: [{ name: 'title', weight: 0.1 }],
        inferenceUrl: task.inferenceUrl ?? undefined,
      }),
    ],
  });
}

async function importItems(objects: Collection, items: Item[]): Promise<string[]> {
  const done = await objects.data.insertMany(
    items.map(({ id, title, poster }) => ({ id, properties: { title, poster } })),
  );
  return Object.values(done.errors).map((error) => error.message);
}

async function vectorOf(objects: Collection, id: string): Promise<number[]> {
  const found = await objects.query.fetchObjectById(id, { includeVector: true });
  return (found?.vectors[VECTOR] ?? []) as number[];
}

function found(answer: { objects: { uuid: string; metadata?: { distance?: number } }[] }): Found[] {
  return answer.objects.map((each) => ({
    id: each.uuid,
    distance: each.metadata?.distance ?? null,
  }));
}

async function search(objects: Collection, task: Task) {
  const options = { limit: task.limit, returnMetadata: ['distance' as const] };
  // The client takes a short base64 string for the name of a file; a Buffer it always takes.
  const image = Buffer.from(task.image, 'base64');
  return {
    nearText: found(await objects.query.nearText(task.text, options)),
    nearImage: found(await objects.query.nearImage(image, options)),
    hybrid: found(await objects.query.hybrid(task.text, { alpha: 1, limit: task.limit })),
  };
}

async function bringVector(objects: Collection, task: Task) {
  const { id, title, vector } = task.brought;
  await objects.data.insert({ id, properties: { title }, vectors: { [VECTOR]: vector } });
  const near = await objects.query.nearVector(vector, { limit: 1, returnMetadata: ['distance'] });
  return { broughtVector: await vectorOf(objects, id), broughtFound: found(near) };
}

async function run(client: WeaviateClient, task: Task): Promise<Answer> {
  const objects = await create(client, task.collection, task);
  const errors = await importItems(objects, task.items);
  const vectors: Record<string, number[]> = {};
  for (const { id } of task.items) vectors[id] = await vectorOf(objects, id);
  const searched = await search(objects, task);
  const brought = await bringVector(await create(client, task.broughtCollection, task), task);
  return { errors, vectors, ...searched, ...brought };
}

async function read(): Promise<Task> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString()) as Task;
}

const task = await read();
const client = await connect(task);
try {
  process.stdout.write(JSON.stringify(await run(client, task)));
} finally {
  await client.close();
}
