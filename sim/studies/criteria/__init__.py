"""Which park meets which official bar."""
