"""The search for evaluation forms: candidates by rules, judged by measured error, joined by branches, proved."""
