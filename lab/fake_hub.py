"""A local model hub: `python -m lab.fake_hub TAG --port 8090` serves the stand-in for a tag.

`HF_ENDPOINT=http://127.0.0.1:8090` makes the libraries use it, so that published weights can be
loaded without a network. Every repository has the same files, the stand-in's, so the hub is
suitable for tags that transformers loads (CLIP, SigLIP, MetaCLIP 2).
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

COMMIT: Final = "0" * 40
"""The commit of every file, which the hub's client libraries need for their cache."""
FILE: Final = re.compile(r"/.+/resolve/[^/]+/(?P<path>[^?]+)")
TREE: Final = re.compile(r"/api/models/.+/tree/[^/?]+/?(?P<path>[^?]*).*")
REPOSITORY: Final = re.compile(r"/api/models/(?P<name>[^?]+?)(/revision/[^/?]+)?(\?.*)?")


class Hub(BaseHTTPRequestHandler):
    """Answers the requests of `huggingface_hub`: a repository's files, and the content of each."""

    folder: Path
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        body = self._found()
        self.send_response(404 if body is None else 200)
        if body is None:
            self.send_header("X-Error-Code", "EntryNotFound")
        self.send_header("Content-Length", str(len(body or b"")))
        self.send_header("ETag", f'"{hashlib.sha256(body or b"").hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body and with_body:
            self.wfile.write(body)

    def _found(self) -> bytes | None:
        files = {str(path.relative_to(self.folder)): path for path in self.folder.rglob("*.*")}
        if found := FILE.fullmatch(self.path):
            file = files.get(found["path"])
            return file.read_bytes() if file else None
        if found := TREE.fullmatch(self.path):
            below = [name for name in files if name.startswith(found["path"])]
            entries = [{"type": "file", "path": name, "size": 0, "oid": COMMIT} for name in below]
            return json.dumps(entries).encode() if entries else None
        if found := REPOSITORY.fullmatch(self.path):
            siblings = [{"rfilename": name} for name in files]
            about = {"id": found["name"], "sha": COMMIT, "siblings": siblings, "tags": []}
            return json.dumps(about).encode()
        return None


def main(arguments: Sequence[str]) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m lab.fake_hub")
    parser.add_argument("tag", metavar="TAG")
    parser.add_argument("--port", type=int, default=8090)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="fake-hub-") as folder:
        export = [sys.executable, "-m", "reference.standins", asked.tag, folder]
        subprocess.run([*export, "--layout", "library"], check=True, stdout=subprocess.DEVNULL)
        Hub.folder = Path(folder)
        with ThreadingHTTPServer(("127.0.0.1", asked.port), Hub) as server:
            server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
