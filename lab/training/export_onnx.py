"""`python -m lab.training.export_onnx [TAG...]`: add ONNX graphs to the packed stand-ins.

With `--table`, compare onnxruntime with torch instead, and write the distances between their
vectors to `docs/vectorizer-in-ci.md`.

A graph contains no weights of its own: it refers to the checkpoint's safetensors files, so an
archive grows by only a few tens of kilobytes, and both engines use the same numbers. `onnx.json`,
next to the graphs, describes how texts and images become their inputs.
"""

import io
import json
import os
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import onnx
import torch
from onnx.external_data_helper import set_external_data
from PIL import Image
from torch import nn

from conformance.data import models
from conformance.data.tolerances import distance
from conformance.exact import items
from lab.generated_docs import replaced
from lab.training.onnx_inputs import images_entry, texts_entry
from lab.training.packing import pack
from reference import encoders, standins, weights
from reference.encoders import Placement
from reference.encoders.modernvbert import ModernVBertEncoder
from reference.encoders.shared import unit

ARCHIVES: Final = Path(__file__).parents[2] / "reference" / "standins"
PAGE: Final = Path(__file__).parents[2] / "docs" / "vectorizer-in-ci.md"
OPSET: Final = 17
SMALL: Final = 1024
"""Maximum size in bytes of a constant that stays in the graph."""


class Plain(Placement):
    """Leaves a model's layers unpacked, since packed layers cannot be exported."""

    def put(self, model: Any) -> Any:
        return model.float().eval()


class Tower(nn.Module):
    """One side of an encoder, which turns tensors, in the order of `names`, into vectors."""

    def __init__(self, encoder: Any, kind: str, inputs: dict[str, Any]) -> None:
        super().__init__()
        self.names = [name for name, value in inputs.items() if torch.is_tensor(value)]
        self._fixed = {name: value for name, value in inputs.items() if name not in self.names}
        self._encode = encoder.text_vectors if kind == "text" else encoder.image_vectors
        models = [value for value in vars(encoder).values() if isinstance(value, nn.Module)]
        self.models = nn.ModuleList(models)

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        named = dict(zip(self.names, tensors, strict=True))
        vectors: torch.Tensor = self._encode({**self._fixed, **named})
        return vectors


class OneTile(nn.Module):
    """ModernVBERT's image side, for images of one tile, whose prompt is always the same.

    The model's own code removes empty tiles, an operation that cannot be exported.
    """

    def __init__(self, model: Any, inputs: dict[str, Any]) -> None:
        super().__init__()
        self.names = ["pixel_values"]
        self.model = model
        place = (inputs["input_ids"][0] == model.image_token_id).nonzero().flatten()
        words = model.text_model.get_input_embeddings()(inputs["input_ids"])
        self.register_buffer("before", words[:, : place[0]].detach())
        self.register_buffer("after", words[:, place[-1] + 1 :].detach())

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        number = pixels.shape[0]
        tiles = self.model.connector(self.model.vision_model(pixels[:, 0]).last_hidden_state)
        before: Any = self.before
        after: Any = self.after
        whole = [before.expand(number, -1, -1), tiles, after.expand(number, -1, -1)]
        states = self.model.text_model(inputs_embeds=torch.cat(whole, dim=1)).last_hidden_state
        return unit(states.mean(dim=1))


def add(tag: str, folder: Path) -> None:
    """Write the graphs and `onnx.json` of the checkpoint of `tag` into its `folder`."""
    encoder = encoders.load(models.find(tag), folder, Plain())
    texts = _tensors(encoder.text_inputs("two cats on a mat"))
    images = _tensors(encoder.image_inputs(Image.new("RGB", (600, 500), (200, 30, 60))))
    weights = Weights(folder)
    _write(Tower(encoder, "text", texts), texts, folder / "text.onnx", weights)
    image_tower: Any = Tower(encoder, "image", images)
    if isinstance(encoder, ModernVBertEncoder):
        image_tower = OneTile(encoder._model, images)
    _write(image_tower, images, folder / "image.onnx", weights)
    described = {"texts": texts_entry(encoder, folder), "images": images_entry(encoder, images)}
    text = json.dumps(described, indent=1, ensure_ascii=False)
    (folder / "onnx.json").write_text(text, encoding="utf-8")


def _tensors(inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        name: torch.as_tensor(value) if hasattr(value, "shape") else value
        for name, value in inputs.items()
    }


def _write(tower: Any, inputs: dict[str, Any], file: Path, weights: "Weights") -> None:
    axes = {name: {0: "items"} for name in (*tower.names, "vectors")}
    for name in tower.names:
        if inputs[name].ndim == 2:
            axes[name][1] = "tokens"
    # A batch of two, since the exporter would take a batch size of one for a constant.
    given = tuple(torch.cat([inputs[name]] * 2) for name in tower.names)
    torch.backends.mha.set_fastpath_enabled(False)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            tower.eval(),
            given,
            str(file),
            dynamo=False,
            opset_version=OPSET,
            # Folding would transpose weights, which would then match no file.
            do_constant_folding=False,
            input_names=tower.names,
            output_names=["vectors"],
            dynamic_axes=axes,
        )
    graph = onnx.load(file)
    for constant in graph.graph.initializer:
        weights.refer(constant)
    graph.graph.ClearField("value_info")
    for node in graph.graph.node:
        node.ClearField("doc_string")
    onnx.save(graph, file)


class Weights:
    """The tensors in the safetensors files of a directory, by their bytes."""

    def __init__(self, folder: Path) -> None:
        self._places: dict[bytes, tuple[str, int]] = {}
        for file in sorted(folder.rglob("*.safetensors")):
            content = file.read_bytes()
            begin = 8 + int.from_bytes(content[:8], "little")
            header = json.loads(content[8:begin])
            header.pop("__metadata__", None)
            for entry in header.values():
                first, end = (begin + offset for offset in entry["data_offsets"])
                place = str(file.relative_to(folder)), first
                self._places.setdefault(content[first:end], place)

    def refer(self, constant: onnx.TensorProto) -> None:
        """Make `constant` refer to a file, if it is large enough and the file contains it."""
        content = np.ascontiguousarray(onnx.numpy_helper.to_array(constant)).tobytes()
        if len(content) > SMALL and content in self._places:
            location, offset = self._places[content]
            constant.raw_data = content
            set_external_data(constant, location, offset, len(content))
            constant.ClearField("raw_data")


TABLE: Final = ("<!-- distances: begin -->\n", "<!-- distances: end -->\n")


def apart(tag: str) -> tuple[float, float, float]:
    """The largest distances of the suite's texts, images of the model's size, and other images."""
    row = models.find(tag)
    with TemporaryDirectory() as scratch:
        folder = standins.unpack(tag, Path(scratch))
        placements = Placement(), Placement(engine="onnx")
        engines = [weights.unmeasured(encoders.load(row, folder, p), p) for p in placements]
        texts = [each.encode_texts(list(items.texts().values())) for each in engines]
        sized = items.images(row.image_size or 512)
        images = {
            name: distance(*(each.encode_image(_opened(sized[name])) for each in engines))
            for name in items.PRECISE
        }
    own = max(images[name] for name in items.OWN_SIZE)
    return max(map(distance, *texts)), own, max(images.values())


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def write_table(tags: list[str]) -> None:
    columns = ("stand-in", "texts", "images of the input size", "images of other sizes")
    rows: list[tuple[str, ...]] = [columns, ("---",) * 4]
    rows += [(tag, *(f"{one:.1g}" for one in apart(tag))) for tag in tags]
    lines = [f"| {' | '.join(row)} |\n" for row in rows]
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(page, TABLE, "".join(lines)), encoding="utf-8")


def main(tags: list[str]) -> int:
    """Unpack each archive, export its model, and pack it again."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(1)
    if tags[:1] == ["--table"]:
        write_table(tags[1:] or list(standins.available()))
        return 0
    for tag in tags or standins.available():
        archive = ARCHIVES / f"{tag}.tar.xz"
        with TemporaryDirectory() as scratch:
            folder = standins.unpack(tag, Path(scratch))
            before = archive.stat().st_size
            add(tag, folder)
            pack(folder, archive)
        print(f"{tag}: {before:,} bytes before, {archive.stat().st_size:,} now", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
