"""Closed forms that nobody stated: found by elimination, short, in terms of the function itself; and proved."""
