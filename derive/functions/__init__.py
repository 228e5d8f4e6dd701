"""Pages of mathematics: each function stated once, with its documented derivative and its source."""
