// Import films in one batch; Weaviate requests a vector for each from the endpoint.

import { readFile } from 'node:fs/promises';

import { connect } from './connect.js';

interface Film {
  title: string;
  poster: string;
}

const posters = new URL('../posters/', import.meta.url);
const rows = JSON.parse(await readFile(new URL('films.json', posters), 'utf8')) as Film[];
const objects = await Promise.all(
  rows.map(async ({ title, poster }) => ({
    title,
    poster: await readFile(new URL(poster, posters), 'base64'),
  })),
);

const client = await connect();
const done = await client.collections.use('DemoCollection').data.insertMany(objects);
// The message contains the endpoint's own error.
for (const error of Object.values(done.errors)) console.error(error.message);
console.log('imported:', Object.keys(done.uuids).length);
await client.close();
process.exitCode = done.hasErrors ? 1 : 0;
