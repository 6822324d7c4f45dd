"""Conditions under which another choice would be better, and what to measure before choosing."""
