"""Connection handlers that mishandle a body that arrives in pieces."""

import socket
from io import BufferedIOBase


class Pieces(BufferedIOBase):
    """Decodes each piece of a body separately, and replaces invalid characters."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self.stream = stream

    def readline(self, size: int | None = -1, /) -> bytes:
        return self.stream.readline(size)

    def read(self, size: int | None = -1, /) -> bytes:
        """A body of `size` bytes, with each piece decoded and encoded again."""
        left, pieces = size or 0, []
        while left > 0 and (piece := self.piece(left)):
            left -= len(piece)
            pieces.append(piece.decode("utf-8", "replace").encode())
        return b"".join(pieces)

    def piece(self, most: int) -> bytes:
        """The bytes received so far, at most `most`."""
        return self.stream.read1(most)


class Hasty(Pieces):
    """Ignores pieces that come more than `pause` seconds after the previous one."""

    def __init__(self, connection: socket.socket, stream: BufferedIOBase, pause: float) -> None:
        super().__init__(stream)
        self.connection = connection
        self.pause = pause

    def read(self, size: int | None = -1, /) -> bytes:
        left, pieces, patience = size or 0, [], self.connection.gettimeout()
        # A socket.makefile stream cannot be used after a timeout, so buffered data comes first.
        held = len(self.stream.peek(1)) if left else 0  # type: ignore[attr-defined]
        pieces.append(self.stream.read1(min(left, held)))
        left -= len(pieces[0])
        self.connection.settimeout(self.pause)
        try:
            while left > 0 and (piece := self.connection.recv(min(left, 2**16))):
                left -= len(piece)
                pieces.append(piece)
        except TimeoutError:
            pass
        finally:
            self.connection.settimeout(patience)
        return b"".join(pieces)
