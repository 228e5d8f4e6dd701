"""Documents read back line by line: does each line follow, and is it what it claims to be?"""
