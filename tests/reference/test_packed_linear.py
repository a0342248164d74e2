"""Packed linear layers compute what the library's do."""

import pytest
import torch
from torch import nn

from reference import packed_linear
from reference.encoders import Placement
from reference.packed_linear import PackedLinear

NEAR = 1e-5
"""Between two ways to add up 64 products of float32 numbers of about 1."""

pytestmark = pytest.mark.skipif(
    not packed_linear.is_available(), reason="no oneDNN with packed weights on this processor"
)


class Derived(nn.Linear):
    """As in `nn.MultiheadAttention`, which reads the weights itself."""


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("shape", [(64,), (1, 64), (3, 5, 64)])
def test_a_packed_layer_computes_the_same(bias: bool, shape: tuple[int, ...]) -> None:
    layer, rows = nn.Linear(64, 48, bias=bias), torch.randn(shape)
    with torch.inference_mode():
        assert torch.allclose(PackedLinear(layer)(rows), layer(rows), atol=NEAR)


def test_a_view_is_multiplied_as_it_is_seen() -> None:
    layer, rows = nn.Linear(64, 48), torch.randn(64, 7).T
    with torch.inference_mode():
        assert torch.allclose(PackedLinear(layer)(rows), layer(rows), atol=NEAR)


def test_layers_at_any_depth_are_packed_and_derived_ones_are_not() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4), Derived(4, 4)))
    packed_linear.pack(model)
    kinds = [type(each) for each in model.modules() if not isinstance(each, nn.Sequential)]
    assert kinds == [PackedLinear, PackedLinear, Derived]


@pytest.mark.parametrize(
    ("placement", "kind"),
    [(Placement("cpu", "float32"), PackedLinear), (Placement("cpu", "bfloat16"), nn.Linear)],
)
def test_a_model_in_float32_is_packed_where_it_is_put(
    placement: Placement, kind: type[nn.Module]
) -> None:
    assert type(placement.put(nn.Sequential(nn.Linear(4, 4)))[0]) is kind


def test_without_the_operations_a_model_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_linear, "OPERATIONS", ("_dropped_by_a_later_torch",))
    model = packed_linear.pack(nn.Sequential(nn.Linear(4, 4)))
    assert [type(each) for each in model.children()] == [nn.Linear]


def test_a_packed_layer_knows_its_weights() -> None:
    layer = nn.Linear(64, 48)
    assert torch.equal(PackedLinear(layer).weight, layer.weight)
