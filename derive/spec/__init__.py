"""What a user states, and the hypotheses under which it is meant: specs, their files, and the locks beside them."""
