"""A derivative as a chain of named steps that people would write, down to a closed form."""
