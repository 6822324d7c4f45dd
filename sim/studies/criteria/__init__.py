"""Parks held against official bars."""
