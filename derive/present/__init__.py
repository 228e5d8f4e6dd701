"""What people read of a function: a page of LaTeX, lines of text, Markdown, JSON."""
