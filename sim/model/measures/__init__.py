"""What is counted of a run, and the measures made of it."""
