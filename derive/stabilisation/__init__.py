"""What a kernel evaluates: a form found by search or locked, equal to what was stated, and total."""
