"""Targets, one value each: a module here with a value `TARGET`, and a folder of templates of its name."""
