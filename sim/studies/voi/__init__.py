"""The worth of knowing a number."""
