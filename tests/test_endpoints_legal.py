"""Every conformant endpoint passes a full run; many variations are combined in one endpoint."""

import base64
import io
import json
import time

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.endpoints import registry, wire
from tests.endpoints.groups import GROUPS, WARNINGS, compose, culprits
from tests.endpoints.judging import judge
from tests.endpoints.legal.transport import Framed
from tests.endpoints.registry import Entry
from tests.endpoints.wire import Answer, Request


@pytest.mark.table
@pytest.mark.parametrize("names", GROUPS, ids="+".join)
def test_a_legal_endpoint_is_accepted(names: tuple[str, ...]) -> None:
    outcome = judge(compose(names))
    told = [outcome.messages[clause] for clause in outcome.broken]
    assert outcome.accepted, f"{culprits(names)}: {told or outcome.verdict}"
    due = {clause for name in names for clause in WARNINGS.get(name, "").split()}
    assert {clause: outcome.messages[clause] for clause in set(outcome.found) - due} == {}


class Kept(Framed):
    def frame(self, answer: Answer) -> bytes:
        extra = {"Connection": "keep-alive", **wire.content_length(answer.body)}
        return b"HTTP/1.0" + wire.head(answer, extra)[8:] + answer.body


def test_http_1_0_may_keep_its_connections() -> None:
    outcome = judge(Entry("kept", "", Kept), clause=["OPS-05"])
    assert (outcome.found, outcome.statuses["OPS-05"]) == ([], "pass")


def test_each_variation_is_in_one_group() -> None:
    assert sorted(name for names in GROUPS for name in names) == sorted(
        set(registry.legals()) - {"plain"}
    )


@pytest.mark.parametrize("names", [names for names in GROUPS if len(names) > 1], ids="+".join)
def test_each_variation_of_a_group_shows(
    names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shown(names, monkeypatch)
    without = {name: shown([each for each in names if each != name], monkeypatch) for name in names}
    assert [name for name in names if without[name] == whole] == []


def shown(names: tuple[str, ...] | list[str], monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Everything that a client can observe about an endpoint, including its address and timing."""
    entry, pauses, written = compose(names), list[float](), list[bytes]()
    monkeypatch.setattr(time, "sleep", pauses.append)
    endpoint = entry.build()
    endpoint.start()
    for number, (method, path, body) in enumerate(REQUESTS, 1):
        headers = {"accept-encoding": "gzip"}
        request = Request(method, endpoint.prefix + path, "HTTP/1.1", headers, body, number)
        written.append(bytes(endpoint.send(request, endpoint.answer(request), written.append)))
    return [entry.host, endpoint.prefix, endpoint.software, list(filter(None, pauses)), *written]


def asking(**value: object) -> tuple[str, str, bytes]:
    return "POST", "/vectorize", json.dumps(value).encode()


def image(picture: Image.Image, **options: object) -> str:
    file = io.BytesIO()
    picture.save(file, **options)  # type: ignore[arg-type]
    return base64.b64encode(file.getvalue()).decode()


def picture(mode: str = "RGB", size: tuple[int, int] = (450, 420)) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert(mode)


def sideways() -> str:
    turned = Image.Exif()
    turned[0x0112] = 6
    return image(picture(), format="PNG", exif=turned.tobytes())


def transparent() -> str:
    clear = picture("RGBA")
    clear.putalpha(100)
    return image(clear, format="PNG")


def deep() -> str:
    grays = np.linspace(0, 65535, 2500).reshape(50, 50)
    return image(Image.fromarray(grays.astype(np.uint16)), format="PNG")


def profiled() -> str:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, blue = b"rXYZ", b"bXYZ"
    profile = profile.replace(red, b"    ").replace(blue, red).replace(b"    ", blue)
    return image(Image.new("RGB", (64, 64), "red"), format="PNG", icc_profile=profile)


PNG = image(picture(), format="PNG")
REQUESTS = [
    ("GET", "/.well-known/live", b""),
    ("GET", "/.well-known/ready", b""),
    ("GET", "/meta", b""),
    ("GET", "/docs", b""),
    asking(texts=["A red, red circle", "x" * 200, "zwei", "drei", "vier"], images=[]),
    asking(texts=["a red circle"], images=[PNG, image(picture(), format="JPEG")]),
    asking(images=[sideways()]),
    asking(images=[transparent()]),
    asking(images=[profiled()]),
    asking(images=[deep()]),
    asking(images=[image(Image.new("1", (5000, 4200)), format="PNG")]),
    asking(images=[f"data:image/png;base64,{PNG}"]),
    asking(images=[f"{PNG[:40]}\n{PNG[40:]}"]),
    asking(images=["AAAA"]),
    asking(texts=["a"], images=None),
    asking(texts=["a"], more=1),
    asking(),
    ("POST", "//vectorize", asking(texts=["a"])[2]),
    ("POST", "/vectorize", asking(texts=["a"])[2] + b" " * 21 * 2**20),
]
