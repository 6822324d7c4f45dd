"""A district's own data, read and checked."""
