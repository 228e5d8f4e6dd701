"""`python -m derive.approximation > derive/elementary/polynomials.json` fits all polynomials anew."""

from derive.approximation.fit import fitted

print(fitted(), end="")
