"""The folder of generated files: what was built into it, of what, whether it still stands, and changing it."""
