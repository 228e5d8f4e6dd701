"""Rules as data: a line each, with a name and the condition under which it holds."""
