"""The settings that an embedded Weaviate runs with: one module, no telemetry, loopback, a key."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

from conformance.weaviate.wire.ports import LOOPBACK

# All that the server (and the client's download) may see of the caller's environment: whoever has
# PERSISTENCE_DATA_PATH set for a server of their own must not find our objects in its folder.
PASSED_ENVIRONMENT = (
    "HOME",
    "LANG",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONPATH",
    "SSL_CERT_FILE",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
)


@dataclass(frozen=True)
class Settings:
    """One embedded server. Six ports in a row: HTTP, gRPC, gossip, data, two of Raft."""

    version: str
    port: int
    folder: str
    """Holds the data and the log; removed with the server."""
    endpoint: str
    """The endpoint's URL, as CLIP_INFERENCE_API."""
    key: str
    """The API key, for Weaviate opens its gRPC port on every interface."""

    @property
    def data(self) -> Path:
        """Where the server keeps its objects."""
        return Path(self.folder, "data")

    @property
    def log(self) -> Path:
        """What the server says."""
        return Path(self.folder, "server.log")

    def as_dict(self) -> dict[str, str | int]:
        """Fit for JSON; `Settings(**values)` reads it back."""
        return asdict(self)

    def environment(self) -> dict[str, str]:
        """The server's variables; read in weaviate/weaviate 1.39.0, usecases/config."""
        return {**shared_environment(self.endpoint, self.key, str(self.data)), **self._cluster()}

    def _cluster(self) -> dict[str, str]:
        gossip, data, raft, raft_rpc = (str(self.port + offset) for offset in range(2, 6))
        name = f"clip_conformance_{self.port}"
        return {
            "CLUSTER_HOSTNAME": name,
            "CLUSTER_IN_LOCALHOST": "true",
            "CLUSTER_BIND_ADDR": LOOPBACK,
            "CLUSTER_ADVERTISE_ADDR": LOOPBACK,
            "CLUSTER_GOSSIP_BIND_PORT": gossip,
            "CLUSTER_DATA_BIND_PORT": data,
            "RAFT_PORT": raft,
            "RAFT_INTERNAL_RPC_PORT": raft_rpc,
            "RAFT_JOIN": f"{name}:{raft}",
            "RAFT_BOOTSTRAP_EXPECT": "1",
        }


def shared_environment(endpoint: str, key: str, data: str) -> dict[str, str]:
    """The variables of every server that the suite starts, as a program or in a container."""
    return {
        "ENABLE_MODULES": "multi2vec-clip",
        "API_BASED_MODULES_DISABLED": "true",
        "CLIP_INFERENCE_API": endpoint,
        "DISABLE_TELEMETRY": "true",
        "GO_PROFILING_DISABLE": "true",
        "LOG_LEVEL": "info",
        "PERSISTENCE_DATA_PATH": data,
        "QUERY_DEFAULTS_LIMIT": "20",
        # A full disk of the developer's must not turn the server read-only.
        "DISK_USE_READONLY_PERCENTAGE": "100",
        "DISK_USE_WARNING_PERCENTAGE": "100",
        "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "false",
        "AUTHENTICATION_APIKEY_ENABLED": "true",
        "AUTHENTICATION_APIKEY_ALLOWED_KEYS": key,
        "AUTHENTICATION_APIKEY_USERS": "clip-conformance",
        "CLUSTER_BASIC_AUTH_USERNAME": "clip-conformance",
        "CLUSTER_BASIC_AUTH_PASSWORD": key,
        # One node needs no patience with others: it leads after 1 s instead of 8.
        "RAFT_TIMEOUTS_MULTIPLIER": "1",
    }


def passed_environment() -> dict[str, str]:
    """What of the caller's environment the server may see."""
    return {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
