"""Other people's NumPy and C, and derive's own kernels, read back as formulas."""
