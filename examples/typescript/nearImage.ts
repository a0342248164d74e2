// Search for films by image. The image is sent as a Buffer, since the client mistakes the short base64
// string of a small image for a file name.

import { readFile } from 'node:fs/promises';

import { connect } from './connect.js';

const image = await readFile(new URL('../posters/yellow-star.png', import.meta.url));

const client = await connect();
const films = client.collections.use('DemoCollection');
const found = await films.query.nearImage(image, { limit: 2 });
for (const { properties } of found.objects) console.log(properties.title);
await client.close();
