"""Targets as data: one value each, with its function table, literals, templates and toolchain."""
