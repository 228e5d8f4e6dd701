"""Kernels: from an evaluation form to assignments and loops, and to a target's text by its tables and templates."""
