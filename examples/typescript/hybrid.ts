// Search for films by vector and by keywords, with equal weight.

import { connect } from './connect.js';

const client = await connect();
const films = client.collections.use('DemoCollection');
const found = await films.query.hybrid('a green triangle', { alpha: 0.5, limit: 2 });
for (const { properties } of found.objects) console.log(properties.title);
await client.close();
