"""Equations: arrays in, arrays out, no state. Each can be tested with three numbers and a pencil."""
