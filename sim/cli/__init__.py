"""The verbs of the command line, one module a question; each has `main(arguments)`, which returns the exit code."""
