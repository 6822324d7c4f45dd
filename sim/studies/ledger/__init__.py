"""Which firms gain and lose, and what would have become of them."""
