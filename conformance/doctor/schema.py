"""Find likely mistakes in a collection's multi2vec-clip settings from its schema alone.

Weaviate checks little of this when a collection is created (`ValidateMultiModal` in
usecases/modulecomponents/settings/base_class_multimodal_settings.go), and never afterward.
"""

from conformance.comparison.weaviate_collection import KINDS, ClipConfig, Kind
from conformance.data.messages import suggestion
from conformance.doctor.diagnosis import Diagnosis
from conformance.doctor.environment import url_facts
from conformance.doctor.go_url import masked, url_problem

TYPES: dict[Kind, tuple[str, ...]] = {
    "text": ("text", "text[]", "string", "string[]"),
    "image": ("blob", "blobHash"),
}
"""The data types that Weaviate sends as texts and as images."""


def examine(config: ClipConfig, found: Diagnosis) -> None:
    """Examine one vector's settings."""
    if not any(config.fields(kind) for kind in KINDS):
        found.problem("no-fields", where=config.where)
    for kind in KINDS:
        _fields(config, kind, found)
        _order(config, kind, found)
    _numbers(config, found)
    _lists(config, found)
    value = masked(config.inference_url)
    if why := url_problem(value) if value else "":
        facts = url_facts("inferenceUrl", value, why)
        found.problem("inference-url", where=config.where, **facts)


def _fields(config: ClipConfig, kind: Kind, found: Diagnosis) -> None:
    for name in config.fields(kind):
        if name not in config.types:
            hint = suggestion(name, config.types)
            found.problem("no-such-field", where=config.where, kind=kind, field=name, hint=hint)
        elif config.types[name] not in TYPES[kind]:
            id_ = f"{kind}-of-another-type"
            found.problem(id_, where=config.where, field=name, type=config.types[name])


def _order(config: ClipConfig, kind: Kind, found: Diagnosis) -> None:
    """Check the order: values are sent alphabetically, weights as configured."""
    names, weights = config.fields(kind), config.weights(kind)
    if len(names) != len(weights):
        return
    own = dict(zip(names, weights, strict=True))
    given = dict(zip(sorted(names), weights, strict=True))
    wrong = [f"{name} gets {given[name]:g}, not {own[name]:g}" for name in names]
    wrong = [line for name, line in zip(names, wrong, strict=True) if own[name] != given[name]]
    if wrong:
        facts = {"kind": kind, "wrong": "; ".join(wrong), "order": ", ".join(sorted(names))}
        found.problem("weights-swapped", where=config.where, **facts)


def _numbers(config: ClipConfig, found: Diagnosis) -> None:
    weights = {kind: config.weights(kind) for kind in KINDS}
    every = [weight for each in weights.values() for weight in each]
    if every and sum(every) == 0:
        found.problem("weights-zero", where=config.where)
    for given, other in (KINDS, KINDS[::-1]):
        if weights[given] and config.fields(other) and not weights[other]:
            facts = {"given": given, "other": other, "weights": len(every)}
            found.problem("weights-of-one-kind", where=config.where, **facts)


def _lists(config: ClipConfig, found: Diagnosis) -> None:
    weights = sum(len(config.weights(kind)) for kind in KINDS)
    for name in config.fields("text"):
        if weights and config.types.get(name, "").endswith("[]"):
            found.problem("weighted-list", where=config.where, field=name, weights=weights)


def images(config: ClipConfig) -> list[str]:
    """The properties that can hold an image."""
    return [name for name, kind in config.types.items() if kind in TYPES["image"]]


def weighted_texts(config: ClipConfig) -> list[str]:
    """The text fields that, if absent, shift another field's weight."""
    weighted = sum(len(config.weights(kind)) for kind in KINDS) > 1
    return [name for name in sorted(config.fields("text")) if weighted and name in config.types]
