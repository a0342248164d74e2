"""A tiled model equals the narrow model it was made from, with its embedding repeated."""

from typing import Any

import pytest
import torch
from transformers import DistilBertModel

from lab.training import modernvbert, siglip, small_tokenizers
from lab.training import sentence_transformers_recipes as bert

TOLERANCE = 1e-5


def perturbed(model: Any) -> Any:
    """With biases and norms that are not at their neutral initial values."""
    torch.manual_seed(5)
    for parameter in model.parameters():
        parameter.data += 0.02 * torch.randn_like(parameter)
    return model.eval()


@pytest.fixture(scope="module")
def words() -> Any:
    return small_tokenizers.modernbert(100)


@torch.inference_mode()
def test_siglip(words: Any) -> None:
    narrow = perturbed(siglip.siglip(64, words, 1))
    wide: Any = siglip.siglip(64, words, siglip.TIMES)
    wide.load_state_dict(siglip.widen(narrow.state_dict()))
    wide.eval()
    pixels, ids = torch.randn(2, 3, 64, 64), torch.randint(len(words), (2, 64))
    assert_repeated(narrow.get_image_features(pixels), wide.get_image_features(pixels))
    assert_repeated(narrow.get_text_features(ids), wide.get_text_features(ids))


@torch.inference_mode()
def test_modernvbert(words: Any) -> None:
    narrow = perturbed(modernvbert.modernvbert(words, 1))
    wide: Any = modernvbert.modernvbert(words, modernvbert.TIMES)
    wide.load_state_dict(modernvbert.widen(narrow.state_dict()))
    wide.eval()
    image = words.convert_tokens_to_ids("<image>")
    ids = torch.full((1, modernvbert.image_tokens(modernvbert.SIZE)), image)
    pixels = torch.randn(1, 1, 3, modernvbert.SIZE, modernvbert.SIZE)
    states = [m(input_ids=ids, pixel_values=pixels).last_hidden_state for m in (narrow, wide)]
    times = modernvbert.TIMES
    torch.testing.assert_close(states[1], states[0].repeat(1, 1, times), atol=1e-4, rtol=0)


@torch.inference_mode()
def test_distilbert(words: Any) -> None:
    narrow = perturbed(DistilBertModel(bert._config(len(words), 1)))
    wide: Any = DistilBertModel(bert._config(len(words), bert._TIMES))
    wide.load_state_dict(bert._tiles(narrow.state_dict()))
    wide.eval()
    ids = torch.randint(len(words), (2, 20))
    narrow_states, wide_states = narrow(ids).last_hidden_state, wide(ids).last_hidden_state
    torch.testing.assert_close(
        wide_states, narrow_states.repeat(1, 1, bert._TIMES), atol=1e-4, rtol=0
    )


def assert_repeated(narrow: Any, wide: Any) -> None:
    repeated = narrow.pooler_output.repeat(1, siglip.TIMES)
    cosine = torch.cosine_similarity(wide.pooler_output, repeated)
    assert (1 - cosine).abs().max() < TOLERANCE
