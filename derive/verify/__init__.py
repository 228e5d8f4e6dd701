"""Emitted kernels against truth, over the whole format."""
