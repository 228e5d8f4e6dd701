"""Points: those at which a claim fails, and whether any point satisfies the hypotheses."""
