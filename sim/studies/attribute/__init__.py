"""Effect of a package shared out among its parts."""
