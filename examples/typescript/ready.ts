// Check that Weaviate is running, and show what the endpoint reports about itself.

import { connect } from './connect.js';

const client = await connect();
console.log('ready:', await client.isReady());
const { modules } = await client.getMeta();
console.log("the endpoint's meta:", (modules as Record<string, unknown>)['multi2vec-clip']);
await client.close();
