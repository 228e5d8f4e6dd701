"""Limits of one moving variable, with the others as they are: exact formulas, found by counted steps."""
