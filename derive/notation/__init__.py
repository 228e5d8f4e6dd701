"""How formulas are written: symbols, text and LaTeX, each both read and printed."""
