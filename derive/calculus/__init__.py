"""Derivatives as shared expressions: of one variable, of components, and the products that backward passes want."""
