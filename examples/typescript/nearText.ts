// Search for films by text.

import { connect } from './connect.js';

const client = await connect();
const films = client.collections.use('DemoCollection');
const found = await films.query.nearText('a blue square', {
  limit: 2,
  returnMetadata: ['distance'],
});
for (const { metadata, properties } of found.objects) {
  console.log(metadata?.distance?.toFixed(3), properties.title);
}
await client.close();
