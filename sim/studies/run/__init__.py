"""One scenario by itself."""
