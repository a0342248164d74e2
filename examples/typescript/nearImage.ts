// Find films by an image. A Buffer, for the client takes a base64 string as short as that of a
// small image for the name of a file.

import { readFile } from 'node:fs/promises';

import { connect } from './connect.js';

const image = await readFile(new URL('../posters/yellow-star.png', import.meta.url));

const client = await connect();
const films = client.collections.use('DemoCollection');
const found = await films.query.nearImage(image, { limit: 2 });
for (const { properties } of found.objects) console.log(properties.title);
await client.close();
