"""What a Term is worth: one fold, and its algebras: balls, intervals, one-sided limits, series, floats of a machine.

Number formats, ulp and ordinals, and where samples come from, belong here too.
"""
