"""``clip-conformance record --reference TAG --weights hub``: what EXA compares with.

Whoever reaches the hub makes the file of a tag once; a run with ``--weights published`` uses it.
"""

from argparse import Namespace
from typing import Any, Final

from conformance.comparison import snapshot
from conformance.comparison.inputs import Inputs
from conformance.comparison.snapshot import Ask
from conformance.data.messages import suggestion
from conformance.data.models import Model, load
from conformance.exact import items, published
from conformance.transport.endpoint import Preflight
from conformance.transport.readiness import Unusable, preflight
from conformance.transport.reference_process import Reference

DOWNLOAD_WAIT: Final = 3600.0
"""Seconds until the reference must be ready: it may have gigabytes to load from the hub."""


def record(options: Namespace, ask: Ask) -> str:
    """Start the reference, ask it for the items of EXA and write the file; what is to be said."""
    model = _model(options.reference)
    place = options.output or published.file(model.tag)
    assert model.image_size is not None
    wanted = Inputs(items.texts(), items.images(model.image_size))
    with (
        Reference(model.tag, options.weights) as reference,
        snapshot.opened(reference.url, options.endpoint_timeout) as endpoint,
    ):
        seen = preflight(endpoint, options.wait, lambda: reference.running)
        made = ask(endpoint, wanted)
    if made.refused:
        name, why = next(iter(made.refused.items()))
        raise Unusable(f"the reference refused {name}: {why}")
    origin = f"those that the reference made of {options.weights} weights ({place.name})"
    published.write(place, made.texts, made.images, _versions(seen), origin, model.image_size)
    return made.told(place)


def _model(tag: str) -> Model:
    found = load().get(tag)
    if found is None or found.image_size is None:
        raise Unusable(f"there is no model {tag}{suggestion(tag, load())}")
    return found


def _versions(seen: Preflight) -> dict[str, str]:
    document: Any = seen.meta.json()
    versions: dict[str, str] = document.get("versions", {})
    return versions
