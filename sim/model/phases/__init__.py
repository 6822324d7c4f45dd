"""What happens in a month, phase by phase."""
