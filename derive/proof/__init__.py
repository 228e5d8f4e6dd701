"""Verdicts on claims: PROVED under named hypotheses, REFUTED with a witness, or UNDECIDED."""
