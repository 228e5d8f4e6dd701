"""What is true: enclosures, correctly rounded values, ulp and ordinals, and where samples come from."""
