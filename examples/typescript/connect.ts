// Connect to a local Weaviate server that has the multi2vec-clip module enabled.

import weaviate, { type WeaviateClient } from 'weaviate-client';

const { WEAVIATE_HOST, WEAVIATE_PORT, WEAVIATE_GRPC_PORT, WEAVIATE_API_KEY } = process.env;

export function connect(): Promise<WeaviateClient> {
  return weaviate.connectToLocal({
    host: WEAVIATE_HOST ?? 'localhost',
    port: Number(WEAVIATE_PORT ?? 8080),
    grpcPort: Number(WEAVIATE_GRPC_PORT ?? 50051),
    authCredentials: WEAVIATE_API_KEY ? new weaviate.ApiKey(WEAVIATE_API_KEY) : undefined,
  });
}
