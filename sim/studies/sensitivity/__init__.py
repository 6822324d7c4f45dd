"""Which assumptions an answer rests on."""
