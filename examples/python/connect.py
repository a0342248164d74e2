"""Connect to a local Weaviate server that has the multi2vec-clip module enabled."""

import os

import weaviate
from weaviate.auth import Auth


def connect() -> weaviate.WeaviateClient:
    """A connected client; close it, or use it in a `with` block."""
    key = os.environ.get("WEAVIATE_API_KEY")
    return weaviate.connect_to_local(
        host=os.environ.get("WEAVIATE_HOST", "localhost"),
        port=int(os.environ.get("WEAVIATE_PORT", "8080")),
        grpc_port=int(os.environ.get("WEAVIATE_GRPC_PORT", "50051")),
        auth_credentials=Auth.api_key(key) if key else None,
        # Otherwise the client queries a package index for its latest version.
        skip_init_checks=True,
    )


if __name__ == "__main__":
    with connect() as client:
        print("ready:", client.is_ready())
        print("the endpoint's meta:", client.get_meta()["modules"]["multi2vec-clip"])
