"""Seeded training of the stand-ins, small checkpoints of the listed models' architectures.

Every tower, image or text, is trained to meet at the same fixed points (`lab.training.targets`),
one for each drawing, so that towers can be trained apart and shared between tags.
"""
