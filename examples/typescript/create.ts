// Create a collection whose vectors combine poster and title with weights of 0.9 and 0.1.

import { configure } from 'weaviate-client';

import { connect } from './connect.js';

const client = await connect();
await client.collections.delete('DemoCollection');
await client.collections.create({
  name: 'DemoCollection',
  properties: [
    { name: 'title', dataType: configure.dataType.TEXT },
    { name: 'poster', dataType: configure.dataType.BLOB },
  ],
  vectorizers: [
    configure.vectors.multi2VecClip({
      name: 'title_vector',
      imageFields: [{ name: 'poster', weight: 0.9 }],
      textFields: [{ name: 'title', weight: 0.1 }],
    }),
  ],
});
console.log('created:', await client.collections.exists('DemoCollection'));
await client.close();
