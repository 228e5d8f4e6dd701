"""Polynomials for elementary functions: fitted, rounded to a number format, and bounded by Arb."""
