"""What knowing a number is worth."""
