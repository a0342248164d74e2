"""Where vectors that the vendor's own image has made differ from the model's documented ones.

docs/vendor-container.md says how each was found.
"""

from conformance.data.models import Model

SIGLIP_2 = "google/siglip2"
METACLIP_2 = "facebook/metaclip-2"


def remark(model: Model) -> str:
    """What to think of first where vectors of this model differ; empty for most models."""
    source = model.text_model or ""
    if source.startswith(METACLIP_2):
        return (
            "Vectors of texts that the vendor's image has made of MetaCLIP 2 differ from these by "
            "design: it pools a text at its highest token id instead of its end "
            "(docs/vendor-container.md). Images are not concerned."
        )
    if model.library == "siglip":
        case = " and does not lower-case it" if source.startswith(SIGLIP_2) else ""
        return (
            "Vectors of texts that the vendor's image has made of SigLIP models differ from these "
            "by design: it pads a text to the longest of its request instead of to 64 tokens"
            f"{case} (docs/vendor-container.md). Images are not concerned."
        )
    return ""
