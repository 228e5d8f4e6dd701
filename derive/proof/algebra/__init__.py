"""Normal forms over a field of functions: what a formula comes to, its sign, and where it is real."""
