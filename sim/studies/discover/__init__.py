"""When another choice would be better, and what to measure before choosing."""
