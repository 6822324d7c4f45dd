"""What the simulator is built on and what knows of no incubator: columns, keyed luck, distributions, fields, files."""
