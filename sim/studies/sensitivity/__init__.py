"""Assumptions that an answer rests on."""
