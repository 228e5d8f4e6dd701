"""How a derivation goes: calculus a rule at a time, named moves of algebra, and the way to a closed form."""
