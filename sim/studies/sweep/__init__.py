"""Many settings at once: designs, engines, tables of runs."""
