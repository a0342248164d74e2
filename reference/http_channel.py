"""Two corrections to how waitress answers: 204 keeps its connection, its own errors are JSON."""

import json

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask


class KeepAliveTask(WSGITask):  # type: ignore[misc]
    """Waitress closes after every answer without a length, which a 204 cannot have."""

    def set_close_on_finish(self) -> None:
        """Close, unless all that is missing is the length of an empty answer."""
        asked = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or asked or self.version != "1.1":
            super().set_close_on_finish()


class JsonErrorTask(ErrorTask):  # type: ignore[misc]
    """What never reaches the application: malformed HTTP, and bodies beyond every limit."""

    def execute(self) -> None:
        """Answer with the contract's error object and close."""
        error = self.request.error
        body = json.dumps({"error": f"{error.reason}: {error.body}"}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    task_class = KeepAliveTask
    error_task_class = JsonErrorTask
