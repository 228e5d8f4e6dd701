"""Formulas with branches, kinks and steps, a cell or a boundary at a time."""
