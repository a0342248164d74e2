"""Seeded training of the stand-ins, small checkpoints with the listed models' architectures.

All image and text towers are trained to match the same fixed target vectors
(`lab.training.targets`), one for each drawing, so that towers can be trained separately and shared
by several tags.
"""
