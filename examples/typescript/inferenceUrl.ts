// Create a collection with its own endpoint, whose URL is read from INFERENCE_URL.

import { configure } from 'weaviate-client';

import { connect } from './connect.js';

const url = process.env.INFERENCE_URL ?? 'http://localhost:8000';

const client = await connect();
await client.collections.delete('OtherEndpoint');
const captions = await client.collections.create({
  name: 'OtherEndpoint',
  properties: [{ name: 'caption', dataType: configure.dataType.TEXT }],
  vectorizers: [
    configure.vectors.multi2VecClip({
      name: 'caption_vector',
      textFields: ['caption'],
      // Weaviate appends /vectorize: no slash at the end.
      inferenceUrl: url,
    }),
  ],
});
await captions.data.insert({ caption: 'a purple circle' });
const found = await captions.query.nearText('something round', { limit: 1 });
console.log(found.objects[0]?.properties.caption, 'through', url);
await client.close();
