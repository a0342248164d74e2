"""Weaviate's environment variables are interpreted as in Weaviate's source code."""

import pytest

from conformance.doctor import environment
from conformance.doctor.diagnosis import Diagnosis

URL = "http://127.0.0.1:8080"


def problems(variables: dict[str, str], url: str = URL, seconds: float | None = 1.0) -> list[str]:
    found = Diagnosis("")
    environment.examine(variables, url, seconds, found)
    return [problem.id for problem in found.problems]


@pytest.mark.parametrize(
    ("name", "value", "ids"),
    [
        ("CLIP_INFERENCE_API", URL, []),
        ("CLIP_INFERENCE_API", "http://me:secret@127.0.0.1:8080", []),
        ("CLIP_INFERENCE_API", "127.0.0.1:8080", ["api-url"]),
        ("CLIP_INFERENCE_API", f"{URL}/", ["api-url"]),
        ("CLIP_INFERENCE_API", f"{URL}/vectorize", ["api-url"]),
        ("CLIP_INFERENCE_API", "http://clip:8080", ["api-elsewhere"]),
        ("CLIP_WAIT_FOR_STARTUP", "Enabled", []),
        ("CLIP_WAIT_FOR_STARTUP", "false", ["no-wait"]),
        ("CLIP_WAIT_FOR_STARTUP", "yes", ["no-wait"]),
        ("MODULES_CLIENT_TIMEOUT", "50s", []),
        ("MODULES_CLIENT_TIMEOUT", "1m30s", []),
        ("MODULES_CLIENT_TIMEOUT", "50", ["client-timeout"]),
        ("MODULES_CLIENT_TIMEOUT", "900ms", ["short-timeout"]),
        ("MODULES_VALIDATE_BASE_URL", "on", ["validated"]),
        ("MODULES_VALIDATE_BASE_URL", "off", []),
    ],
)
def test_a_variable_is_judged_as_weaviate_reads_it(name: str, value: str, ids: list[str]) -> None:
    assert problems({name: value}) == ids


CLIP = {"CLIP_INFERENCE_API": "http://clip:8080", "HTTP_PROXY": "http://me:secret@proxy:3128"}


@pytest.mark.parametrize(
    ("variables", "ids"),
    [
        ({"ENABLE_MODULES": "a,multi2vec-clip", "DEFAULT_VECTORIZER_MODULE": "none"}, []),
        ({"ENABLE_MODULES": "a,multi2vec-clip", "DEFAULT_VECTORIZER_MODULE": "b"}, []),
        ({"ENABLE_MODULES": "a, multi2vec-clip"}, ["module-disabled"]),
        ({"ENABLE_MODULES": "'multi2vec-clip'"}, ["module-disabled"]),
        ({"ENABLE_MODULES": "text2vec-transformers"}, []),
        ({"DEFAULT_VECTORIZER_MODULE": "multi2vec-clip"}, ["default-module"]),
        ({"DEFAULT_VECTORIZER_MODULE": '"none"'}, ["default-module"]),
        (CLIP, ["through-proxy"]),
        ({**CLIP, "NO_PROXY": "localhost,clip"}, []),
        ({**CLIP, "CLIP_INFERENCE_API": "http://localhost:8080"}, []),
        ({**CLIP, "CLIP_INFERENCE_API": "https://clip:8080"}, []),
    ],
)
def test_modules_and_proxies_are_judged_as_weaviate_reads_them(
    variables: dict[str, str], ids: list[str]
) -> None:
    assert problems(variables, variables.get("CLIP_INFERENCE_API", URL)) == ids


def test_a_password_is_not_shown() -> None:
    found = Diagnosis("")
    environment.examine({"CLIP_INFERENCE_API": "http://me:secret@h/meta"}, URL, None, found)
    environment.examine(CLIP, URL, None, found)
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("url", "internal"),
    [
        ("http://127.0.0.1", True),
        ("http://10.0.0.7:8080", True),
        ("http://[fe80::1]", True),
        ("http://localhost", True),
        ("http://clip:8080", True),
        ("http://clip.default.svc.cluster.local", True),
        ("http://8.8.8.8", False),
        ("https://clip.example.com", False),
    ],
)
def test_an_internal_address_is_known(url: str, internal: bool) -> None:
    assert environment.is_internal(url) == internal


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("50s", 50), ("1h", 3600), ("1m30s", 90), ("1.5s", 1.5), ("250ms", 0.25), ("0", 0)],
)
def test_a_duration_is_read_as_go_does(text: str, seconds: float) -> None:
    assert environment.duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["50", "", "s", "5 s", "1d", "-"])
def test_what_is_no_duration(text: str) -> None:
    assert environment.duration(text) is None
