"""Claims about components of vectors, and sums over indices."""
