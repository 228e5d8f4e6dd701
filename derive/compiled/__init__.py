"""Sources as libraries: a compiler, a folder of what it made, and arrays that are safe to hand over."""
