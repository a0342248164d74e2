"""For whoever makes the stand-ins, checks exactness or measures speed; never shipped."""
