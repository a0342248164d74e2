// Import films at once; Weaviate asks the endpoint for the vector of each.

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
// The endpoint's own words are in the message.
for (const error of Object.values(done.errors)) console.error(error.message);
console.log('imported:', Object.keys(done.uuids).length);
await client.close();
process.exitCode = done.hasErrors ? 1 : 0;
